// @vitest-environment happy-dom
import { expect, test } from "vitest"
import { MarkdownPage } from "./page.ts"

/** The classes of the second row's cells. */
function roomOf(...cells: string[]): string[] {
  const root = document.createElement("div")
  const row = (texts: string[]) => `| ${texts.join(" | ")} |`
  new MarkdownPage(root).draw([row(cells.map(() => "A")), row(cells.map(() => "---")), row(cells)].join("\n"), false)
  return [...root.querySelectorAll("td")].map(({ className }) => className)
}

test("a cell makes room for an identifier that would be broken, in steps", () => {
  expect(roomOf("11_letters_", "12_letters__", "`OLLAMA_KEEP_ALIVE`", "averyveryverylongidentifier")).toEqual([
    "",
    "word",
    "word",
    "longest",
  ])
})

test("and none for what has places to break, or is not seen", () => {
  expect(roomOf("a text of many words", "state-of-the-art", "[here](https://example.com/a/long/address)")).toEqual([
    "",
    "",
    "long",
  ])
})
