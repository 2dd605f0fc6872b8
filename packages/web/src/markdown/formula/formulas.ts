import { limits } from "../limits.ts"

/** A formula to draw; without a `text` it is not whole yet, or never will be, and its source is shown. */
export type FormulaSource = { readonly text: string | undefined; readonly display: boolean; readonly source: string }

type Typeset = (target: HTMLElement, text: string, display: boolean) => boolean

/** Milliseconds of typesetting within one task; what is left then waits for the next one. */
const share = 10

let typeset: Typeset | undefined
let loading: Promise<void> | undefined
let spent = 0
let queue: { target: HTMLElement; formula: FormulaSource; text: string }[] = []

/** Shows the source of a formula and, as soon as that can be, the formula in its place. */
export function drawFormula(target: HTMLElement, formula: FormulaSource): void {
  const { text, source } = formula
  if (target.dataset["source"] === source) return
  target.dataset["source"] = source
  if (text === undefined || !isFair(text)) return showSource(target, source)
  if (typeset && spent < share) return draw(target, formula, text)
  showSource(target, source)
  queue.push({ target, formula, text })
  if (typeset) setTimeout(flush)
  else load()
}

/** What a formula may begin with, and a price does not. */
const beginning = /\$\$|\$[\\({A-Za-z]|\\[([]/

/** Fetches what draws formulas when one may have begun at the end of a growing text, so that the first one moves nothing. */
export function expectFormula(text: string): void {
  if (loading === undefined && beginning.test(text.slice(-100))) load()
}

function load(): void {
  loading ??= import("./typeset.ts").then(
    (module) => {
      typeset = module.typeset
      flush()
    },
    (error: unknown) => {
      // The sources stay readable; the next formula tries again.
      loading = undefined
      queue = []
      console.warn("Formulas cannot be drawn: the part that draws them could not be loaded.", error)
    },
  )
}

function flush(): void {
  spent = 0
  while (spent < share) {
    const next = queue.shift()
    if (!next) return
    // Meanwhile the formula may have become another one.
    if (next.target.dataset["source"] === next.formula.source) draw(next.target, next.formula, next.text)
  }
  setTimeout(flush)
}

function draw(target: HTMLElement, formula: FormulaSource, text: string): void {
  const start = performance.now()
  if (typeset?.(target, text, formula.display)) target.classList.remove("source")
  else showSource(target, formula.source)
  if (spent === 0) setTimeout(() => (spent = 0))
  spent += performance.now() - start
}

function showSource(target: HTMLElement, source: string): void {
  target.classList.add("source")
  target.textContent = source
}

/** Whether a formula is of a size and depth that can be drawn in a moment. */
function isFair(text: string): boolean {
  if (text.length > limits.formula) return false
  let depth = 0
  for (const character of text) {
    if (character === "}") depth--
    else if (character === "{" && ++depth > limits.braces) return false
  }
  return true
}
