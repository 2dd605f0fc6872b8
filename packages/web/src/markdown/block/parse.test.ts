import { expect, test } from "vitest"
import { GrowingText } from "../growing.ts"
import { limits } from "../limits.ts"
import type { Block } from "./block.ts"

const read = (text: string): Block[] => new GrowingText().read(text, false).root.children
const formula = (text: string) => ({ kind: "formula", whole: true, text: expect.stringContaining(text) })
const paragraph = (text: string) => ({ kind: "paragraph", text })

test.each([
  ["$$\na = b\n- c\n\n+ d\n$$\nwords", [formula("a = b\n- c\n\n+ d\n"), paragraph("words")]],
  ["words\n\\[\na\n\\], and\nmore", [paragraph("words"), formula("a\n"), paragraph(", and\nmore")]],
  ["$$ a = b $$", [formula("a = b")]],
  ["\\[ a = b\n= c \\]", [formula("a = b\n= c ")]],
  ["- \\[ x^2 \\]\n- b", [{ kind: "list" }]],
  ["$$x$$ is a word", [paragraph("$$x$$ is a word")]],
  ["\\[1\\] is a word", [paragraph("\\[1\\] is a word")]],
  ["\\[a\\](b) is a link", [paragraph("\\[a\\](b) is a link")]],
  ["$$ is a process\nand $$$ is money", [paragraph("$$ is a process\nand $$$ is money")]],
])("formulas in boxes: %j", (text, expected) => expect(read(text)).toMatchObject(expected))

test("a formula that never ends does not take the words after it", () => {
  expect(read("$$ a = \\frac{\n\nwords")).toMatchObject([{ kind: "formula", whole: false }, paragraph("words")])
  const long = read(`$$\n${"a = b\n".repeat(limits.formula)}\n# The end`)
  expect(long.at(-1)).toMatchObject({ kind: "heading", text: "The end" })
})

test("a gap before an item belongs to that item", () => {
  const [list] = read("- a\n- b\n\n- c\n  - d\n\n- e")
  expect(list).toMatchObject({ children: [{ spaced: false }, { spaced: false }, { spaced: true }, { spaced: true }] })
})

test("a table has as many columns as its header, and not too many of them", () => {
  const wide = `${"| a ".repeat(limits.columns + 1)}|\n${"|---".repeat(limits.columns + 1)}|`
  expect(read(wide)).toMatchObject([{ kind: "paragraph" }])
  expect(read("| a |\n|---|---|")).toMatchObject([{ kind: "paragraph" }])
  expect(read("words\n| a | b |\n|:--|--:|\n| c |")).toMatchObject([
    paragraph("words"),
    { kind: "table", align: ["left", "right"], rows: ["| c |"] },
  ])
})
