import { looksLikeFormula } from "../block/starts.ts"
import { limits } from "../limits.ts"

export type FoundFormula = { readonly text: string; readonly display: boolean; readonly end: number }

/** The formula that begins at a `$` or a backslash, if one does. */
export function readFormula(text: string, at: number): FoundFormula | undefined {
  if (text[at] === "\\") {
    if (text[at + 1] === "(") return readBetween(text, at, "\\)", false)
    if (text[at + 1] === "[") return readBetween(text, at, "\\]", true)
    return undefined
  }
  return text[at + 1] === "$" ? readBetween(text, at, "$$", true) : readDollars(text, at)
}

function readBetween(text: string, at: number, close: string, display: boolean): FoundFormula | undefined {
  const reach = text.slice(at + 2, at + 2 + limits.inlineFormula)
  const end = reach.indexOf(close)
  const inside = reach.slice(0, end)
  if (end === -1 || inside.trim() === "" || inside.includes("`")) return undefined
  // Escaped brackets are also just brackets: `\[1\]`, `\(see below\)`.
  if (close !== "$$" && !looksLikeFormula(inside) && (display || /\s/.test(inside.trim()))) return undefined
  return { text: inside.trim(), display, end: at + 2 + end + 2 }
}

/**
 * `$…$` on one line. Money and shell variables use the sign too, so it opens only at the start of a word and before no
 * white space, the next one closes it or nothing does, and what lies between must not be plain words.
 */
function readDollars(text: string, at: number): FoundFormula | undefined {
  if (/[\p{L}\p{N}]/u.test(text[at - 1] ?? "")) return undefined
  const end = nextDollar(text, at + 1)
  if (end === undefined) return undefined
  const inside = text.slice(at + 1, end)
  if (inside === "" || /^\s|\s$|`/.test(inside)) return undefined
  const after = text.slice(end + 1, end + 4)
  if (/^[\p{N}$]/u.test(after) || (/^\p{L}/u.test(after) && !/^(?:th|st|nd|rd|s)(?!\p{L})/u.test(after)))
    return undefined
  if (!/[\\^_={}]/.test(inside) && /\s\p{L}{2}/u.test(inside)) return undefined
  return { text: inside, display: false, end: end + 1 }
}

function nextDollar(text: string, from: number): number | undefined {
  const last = Math.min(text.length, from + limits.inlineFormula)
  for (let index = from; index < last; index++) {
    const character = text[index]
    if (character === "\n") return undefined
    if (character === "$") return index
    if (character === "\\") index++
  }
  return undefined
}
