// @vitest-environment happy-dom
import fc from "fast-check"
import { beforeAll, beforeEach, expect, test } from "vitest"
import { arriving } from "../testing/texts.ts"
import { loadParts, seen } from "../testing/page.ts"
import { MarkdownPage } from "./page.ts"

let root: HTMLElement
let page: MarkdownPage

beforeAll(loadParts)

beforeEach(() => {
  root = document.createElement("div")
  document.body.replaceChildren(root)
  page = new MarkdownPage(root)
})

/** The blocks of a page, whichever part they stand in. */
const blocksOf = (page: HTMLElement): Element[] => [...page.children].flatMap((part) => [...part.children])

function drawWhole(text: string): HTMLElement {
  const other = document.createElement("div")
  new MarkdownPage(other).draw(text, false)
  return other
}

test("drawn piece by piece or at once, it ends as the same page", () => {
  fc.assert(
    fc.property(arriving, ({ text, cuts }) => {
      const growing = document.createElement("div")
      const drawing = new MarkdownPage(growing)
      for (const cut of cuts) drawing.draw(text.slice(0, cut), true)
      drawing.draw(text, false)
      expect(seen(growing)).toBe(seen(drawWhole(text)))
    }),
    { numRuns: 400 },
  )
})

test("the element of a finished block stays to the end", () => {
  fc.assert(
    fc.property(arriving, ({ text, cuts }) => {
      const growing = document.createElement("div")
      const drawing = new MarkdownPage(growing)
      const finished = new Map<Node, number>()
      for (const cut of cuts) {
        drawing.draw(text.slice(0, cut), true)
        const blocks = blocksOf(growing).filter((child) => !child.classList.contains("caret"))
        // The last block is open, and the line before it may still turn the one above it into a table or a heading.
        blocks.slice(0, -2).forEach((block, index) => finished.set(block, index))
      }
      drawing.draw(text, false)
      for (const [block, index] of finished) expect(blocksOf(growing)[index]).toBe(block)
    }),
    { numRuns: 600 },
  )
})

test("a finished block is not touched while the text goes on", () => {
  let text = "One *two* `three`\n\n- a\n- b\n\n```ts\nlet a\n```\n\nopen"
  page.draw(text, true)
  const changes: MutationRecord[] = []
  const observer = new MutationObserver((records) => changes.push(...records))
  const all = { subtree: true, childList: true, characterData: true, attributes: true }
  for (const block of blocksOf(root).slice(0, 3)) observer.observe(block, all)
  for (const more of [" **wo", "rds**", "\n\n", "| a |", "\n|---|\n", "| b |\n"]) page.draw((text += more), true)
  changes.push(...observer.takeRecords())
  expect(changes).toEqual([])
})

test("words that only grow keep their text node", () => {
  page.draw("Hello **wor", true)
  const strong = root.querySelector("strong")
  const node = strong?.firstChild
  page.draw("Hello **world** and", true)
  expect(root.querySelector("strong")).toBe(strong)
  expect(strong?.firstChild).toBe(node)
  expect(root.textContent).toBe("Hello world and")
})

test("lines of code that are finished stay, and only the last one is drawn again", () => {
  page.draw("```nonsense\none\ntwo\nth", true)
  const box = root.querySelector(".lines")
  const nodes = [...(box?.childNodes ?? [])].slice(0, 4)
  page.draw("```nonsense\none\ntwo\nthree\nfour\n```\n", true)
  expect([...(box?.childNodes ?? [])].slice(0, 4)).toEqual(nodes)
  expect(root.querySelector("code")?.textContent).toBe("one\ntwo\nthree\nfour\n")
})

test("a growing text has a caret at its end and a finished one none", () => {
  page.draw("One\n\n- two", true)
  expect(root.querySelector("li .lead")?.lastElementChild?.className).toBe("caret")
  page.draw("One\n\n- two\n\n| a | b |\n|---|---|\n| c | d", true)
  expect(root.querySelectorAll(".caret")).toHaveLength(1)
  expect(root.querySelector("td:last-child .caret")).not.toBeNull()
  page.draw("One\n\n- two\n\n| a | b |\n|---|---|\n| c | d |", false)
  expect(root.querySelector(".caret")).toBeNull()
})

test("a definition that comes last gives its links when the text ends, in place", () => {
  page.draw("See [this][a] and a note[^1].\n\nMore.\n\n", true)
  const paragraph = root.firstElementChild
  page.draw("See [this][a] and a note[^1].\n\nMore.\n\n[a]: https://a.example\n[^1]: The note\n\nEnd", true)
  expect(paragraph?.querySelector("a")).toBeNull()
  page.draw("See [this][a] and a note[^1].\n\nMore.\n\n[a]: https://a.example\n[^1]: The note\n\nEnd", false)
  expect(root.firstElementChild).toBe(paragraph)
  expect(paragraph?.querySelector("a")?.href).toBe("https://a.example/")
  const button = paragraph?.querySelector("sup button")
  expect(button?.getAttribute("aria-label")).toBe("Footnote 1")
})

test("definitions are not shown, not even while they arrive", () => {
  page.draw("Words.\n\n[a]: https://a.exam", true)
  expect(root.textContent).toBe("Words.")
  page.draw("Words.\n\n[a]: https://a.example\n", false)
  expect(blocksOf(root).map((block) => block.outerHTML)).toEqual(["<p>Words.</p>"])
})

test("headings begin at the second level and skip none", () => {
  page.draw("### A\n\n##### B\n\n### C\n\n# D\n\n## E", false)
  expect(blocksOf(root).map((child) => child.tagName)).toEqual(["H2", "H3", "H2", "H2", "H3"])
})

test("tasks, numbers and alignments are drawn as written", () => {
  page.draw("- [x] done\n- [ ] not\n\n7. seven\n8. eight\n\n| a | b |\n|:-:|--:|\n| 1 | 2 |", false)
  const tasks = [...root.querySelectorAll(".task")].map((task) => task.getAttribute("aria-label"))
  expect(tasks).toEqual(["Done", "To do"])
  expect(root.querySelector("ol")?.start).toBe(7)
  expect([...root.querySelectorAll("td")].map((cell) => cell.className)).toEqual(["center", "right"])
})

test("what scrolls can be reached by keyboard and says what it is", () => {
  page.draw("```TS\na\n```\n\n```<img>\nb\n```\n\n| a |\n|---|\n\n$$\nx\n$$", false)
  const regions = [...root.querySelectorAll('[tabindex="0"][role="group"]')].map((box) =>
    box.getAttribute("aria-label"),
  )
  expect(regions).toEqual(["Code, ts", "Code", "Table", "Formula"])
  expect(root.querySelector("figcaption")?.textContent).toContain("ts")
})

test("a finished part is not touched while the text goes on, and the next one knows what it comes after", () => {
  const words = "Words.\n\n"
  let text = `${words.repeat(7)}## Title\n\n${words}`
  page.draw(text, true)
  const [first, second] = root.children
  expect(first?.children).toHaveLength(8)
  expect(second?.className).toBe("part after-title")
  const changes: MutationRecord[] = []
  const observer = new MutationObserver((records) => changes.push(...records))
  if (first) observer.observe(first, { subtree: true, childList: true, characterData: true, attributes: true })
  for (const more of [words.repeat(6), "Last", "\n===\n\n", words, "end"]) page.draw((text += more), true)
  changes.push(...observer.takeRecords())
  expect(changes).toEqual([])
  expect([...root.children].map((part) => part.className)).toEqual(["part", "part after-title", "part after-title"])
})

test("only a text that grows says so", () => {
  page.draw("One", true)
  expect(root.classList.contains("growing")).toBe(true)
  page.draw("One", false)
  expect(root.classList.contains("growing")).toBe(false)
})
