import { colouringOf } from "../highlight/colours.ts"

/** Loads the parts that pages load when they first need them. */
export async function loadParts(): Promise<void> {
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
