import fc from "fast-check"
import { expect, test } from "vitest"
import { type Block, isContainer } from "./block/block.ts"
import { GrowingText } from "./growing.ts"
import { isUndecided } from "./lines.ts"
import { arriving, texts } from "./testing/texts.ts"

/** Everything about a block that can be seen. */
function shape(block: Block): unknown {
  if (!isContainer(block)) return { ...block }
  const { children, settled: _settled, ...rest } = block
  return { ...rest, children: children.map(shape) }
}

/** The blocks that are said to be closed for good, by their path. */
function settled(block: Block, path = ""): [string, unknown][] {
  if (!isContainer(block)) return []
  return block.children.flatMap((child, index) =>
    index < block.settled ? [[`${path}/${index}`, shape(child)]] : settled(child, `${path}/${index}`),
  )
}

function at(block: Block, path: string): Block | undefined {
  let found: Block | undefined = block
  for (const index of path.split("/").slice(1))
    found = found && isContainer(found) ? found.children[Number(index)] : undefined
  return found
}

test("a text that arrives in pieces ends as the text read at once", () => {
  fc.assert(
    fc.property(arriving, ({ text, cuts }) => {
      const growing = new GrowingText()
      for (const cut of cuts) growing.read(text.slice(0, cut), true)
      const whole = new GrowingText().read(text, false)
      expect(shape(growing.read(text, false).root)).toEqual(shape(whole.root))
    }),
    { numRuns: 1_500 },
  )
})

test("what is settled never changes again", () => {
  fc.assert(
    fc.property(arriving, ({ text, cuts }) => {
      const growing = new GrowingText()
      const seen = new Map<string, unknown>()
      for (const cut of cuts) {
        const { root } = growing.read(text.slice(0, cut), true)
        for (const [path, block] of settled(root)) seen.set(path, block)
      }
      const { root } = growing.read(text, false)
      for (const [path, block] of seen) {
        const last = at(root, path)
        expect(last && shape(last)).toEqual(block)
      }
    }),
    { numRuns: 1_500 },
  )
})

test("a text can end and then go on", () => {
  fc.assert(
    fc.property(texts, texts, (first, second) => {
      const growing = new GrowingText()
      growing.read(first, false)
      expect(growing.read(first + second, true).fresh).toBe(false)
      const whole = new GrowingText().read(first + second, false)
      expect(shape(growing.read(first + second, false).root)).toEqual(shape(whole.root))
    }),
  )
})

test("another text is begun anew", () => {
  const growing = new GrowingText()
  growing.read("# One\n\ntwo", true)
  const { root, fresh } = growing.read("other", true)
  expect(fresh).toBe(true)
  expect(root.children).toMatchObject([{ kind: "paragraph", text: "other" }])
})

test("a line that may still become anything is not drawn", () => {
  for (const line of [
    "",
    "-",
    "- ",
    "1",
    "12.",
    "1. ",
    "> ",
    "> - ",
    "#",
    "##",
    "``",
    "```py",
    "---",
    "- [",
    "- [x]",
    "|--",
    "\\[",
    "| :-: |",
    "==",
  ]) {
    expect(isUndecided(line), line).toBe(true)
  }
  for (const line of ["a", "- a", "1. a", "# a", "> a", "12 a", "- [x] a", "| a"])
    expect(isUndecided(line), line).toBe(false)
})

test("a header of a table is a table before its second line tells", () => {
  const growing = new GrowingText()
  expect(growing.read("Here:\n| a | b", true).root.children).toMatchObject([
    { kind: "paragraph", text: "Here:" },
    { kind: "table", header: "| a | b" },
  ])
  expect(growing.read("Here:\n| a | b |\n|--", true).root.children[1]).toMatchObject({ kind: "table", rows: [] })
  expect(growing.read("Here:\n| a | b |\nwords", false).root.children).toMatchObject([{ kind: "paragraph" }])
})

test("a carriage return at the end waits for its newline", () => {
  const growing = new GrowingText()
  growing.read("one\r", true)
  growing.read("one\r\ntwo", true)
  expect(growing.read("one\r\ntwo\r", false).root.children).toMatchObject([{ kind: "paragraph", text: "one\ntwo" }])
})
