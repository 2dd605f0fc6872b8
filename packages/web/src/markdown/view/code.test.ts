// @vitest-environment happy-dom
import { beforeEach, expect, test, vi } from "vitest"
import type { Code } from "../block/block.ts"
import { loadParts } from "../testing/page.ts"
import { CodeView } from "./code.ts"
import type { Context } from "./context.ts"

let context: Context

beforeEach(() => {
  const scope = { definition: () => undefined, note: () => false }
  context = { scope, caret: document.createElement("span"), waiting: new Map(), footnotes: new Map() }
})

function code(language: string, text: string, closed: boolean): Code {
  return { id: 1, kind: "code", closed, language, fence: { mark: "```", indent: 0 }, text, blanks: "" }
}

function draw(language: string, text: string, closed = true): CodeView {
  const view = new CodeView(code(language, text, closed), context)
  view.draw(code(language, text, closed))
  document.body.replaceChildren(view.node)
  return view
}

test("colours come when they are loaded, and the text stays", async () => {
  const view = draw("ts", "const a = 1\n")
  const before = view.node.querySelector("code")?.textContent
  await loadParts()
  expect(view.node.querySelector(".k")?.textContent).toBe("const")
  expect(view.node.querySelector("code")?.textContent).toBe(before)
})

test("the caret stays when the colours come", async () => {
  const view = draw("ts", "const a = 1\n", false)
  view.tail.append(context.caret)
  await loadParts()
  view.draw(code("ts", "const a = 1\nlet b", false))
  expect(view.node.contains(context.caret) || context.caret.parentNode === null).toBe(true)
})

test("a keyword at the end of a growing line has no colour yet", async () => {
  await loadParts()
  const view = draw("ts", "const a = for\n", false)
  expect([...view.node.querySelectorAll(".k")].map((word) => word.textContent)).toEqual(["const"])
  view.draw(code("ts", "const a = for\n", true))
  expect([...view.node.querySelectorAll(".k")].map((word) => word.textContent)).toEqual(["const", "for"])
})

test("blank lines stay, and long blocks are laid out in boxes", () => {
  const text = Array.from({ length: 100 }, (_, index) => (index % 3 === 0 ? "" : `line ${index}`)).join("\n") + "\n"
  const view = draw("nonsense", text)
  expect(view.node.querySelector("code")?.textContent).toBe(text)
  expect(view.node.querySelectorAll(".lines")).toHaveLength(10)
})

test.each(["ts", "TypeScript", "c++", "objective-c"])("the language %j is named", (language) => {
  const view = draw(language, "a\n")
  expect(view.node.querySelector("figcaption span")?.textContent).toBe(language.toLowerCase())
})

test.each(["<img>", "a b", '"onclick="x', "x".repeat(99), "{.class}"])("the language %j is not", (language) => {
  const view = draw(language, "a\n")
  expect(view.node.querySelector("figcaption span")?.textContent).toBe("")
  expect(view.node.querySelector("pre")?.getAttribute("aria-label")).toBe("Code")
  expect(view.node.className).toBe("code block")
})

test("the button copies the code without its last line end, and says so", async () => {
  const view = draw("ts", "one\n\ntwo\n")
  const written = vi.spyOn(navigator.clipboard, "writeText").mockResolvedValue()
  const button = view.node.querySelector("button")
  const said = new Promise<void>((done) => {
    if (button) new MutationObserver(() => done()).observe(button, { subtree: true, childList: true })
  })
  button?.click()
  await said
  expect(written).toHaveBeenCalledWith("one\n\ntwo")
  expect(button?.textContent).toBe("Copied")
})
