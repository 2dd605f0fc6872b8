import { colouringOf } from "../highlight/colours.ts"

/** Gives the stand-in for a browser what the typesetter needs of one: a page with a doctype, and MathML with styles. */
export function allowFormulas(): void {
  Object.defineProperty(document, "compatMode", { value: "CSS1Compat", configurable: true })
  if ("style" in Element.prototype) return
  Object.defineProperty(Element.prototype, "style", { get: () => ({}), configurable: true })
}

/** Loads the parts that pages load when they first need them. */
export async function loadParts(): Promise<void> {
  allowFormulas()
  await import("../formula/typeset.ts")
  await new Promise<void>((loaded) => {
    if (colouringOf("ts", loaded)) loaded()
  })
}

/** The HTML of an element with the sources of its formulas, because those are typeset when there is time. */
export function seen(root: HTMLElement): string {
  const copy = root.cloneNode(true) as HTMLElement
  for (const formula of copy.querySelectorAll<HTMLElement>("[data-source]")) {
    formula.textContent = ""
    formula.classList.remove("source")
  }
  return copy.innerHTML
}
