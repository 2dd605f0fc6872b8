// @vitest-environment happy-dom
import { beforeAll, expect, test, vi } from "vitest"
import { limits } from "../limits.ts"
import { allowFormulas } from "../testing/page.ts"
import { drawFormula } from "./formulas.ts"
import type { typeset as Typeset } from "./typeset.ts"

let typeset: typeof Typeset

beforeAll(async () => {
  allowFormulas()
  typeset = (await import("./typeset.ts")).typeset
})

function change(target: HTMLElement): Promise<void> {
  return new Promise((changed) => {
    new MutationObserver(() => changed()).observe(target, { childList: true })
  })
}

test("a formula is MathML, and nothing in it leads or loads anywhere", () => {
  const target = document.createElement("span")
  expect(typeset(target, "\\frac{1}{2}", false)).toBe(true)
  expect(target.querySelector("math mfrac")).not.toBeNull()
  for (const text of [
    "\\href{https://x.example}{x}",
    "\\url{https://x.example}",
    "\\includegraphics{https://x.example/x.png}",
  ]) {
    typeset(target, text, false)
    expect(target.querySelector("[href], [src], a, img"), text).toBeNull()
  }
})

test("a wrong formula leaves the element as it was", () => {
  const target = document.createElement("span")
  target.textContent = "the source"
  expect(typeset(target, "\\frac{1", true)).toBe(false)
  expect(typeset(target, "\\nosuch", true)).toBe(false)
  expect(target.textContent).toBe("the source")
})

test("the source stands there until the formula does", async () => {
  const target = document.createElement("span")
  drawFormula(target, { text: "x^2", display: false, source: "$x^2$" })
  expect(target.textContent).toBe("$x^2$")
  expect(target.className).toBe("source")
  await change(target)
  expect(target.querySelector("math")).not.toBeNull()
  expect(target.className).toBe("")
})

test("what is not whole, wrong, too long or too deep stays as its source", () => {
  const sources = [
    "$$\n\\frac{",
    "$\\nosuch$",
    `$${"x".repeat(limits.formula + 1)}$`,
    `$${"{".repeat(99)}${"}".repeat(99)}$`,
  ]
  for (const source of sources) {
    const target = document.createElement("span")
    drawFormula(target, { text: source.startsWith("$$") ? undefined : source.slice(1, -1), display: false, source })
    expect(target.textContent).toBe(source)
  }
})

test("a formula that has become another one meanwhile is not drawn", async () => {
  vi.resetModules()
  const fresh = await import("./formulas.ts")
  const [changed, later] = [document.createElement("span"), document.createElement("span")]
  fresh.drawFormula(changed, { text: "a", display: false, source: "$a$" })
  fresh.drawFormula(changed, { text: undefined, display: false, source: "$a$ or" })
  fresh.drawFormula(later, { text: "b", display: false, source: "$b$" })
  await change(later)
  expect(later.querySelector("math")).not.toBeNull()
  expect(changed.textContent).toBe("$a$ or")
})
