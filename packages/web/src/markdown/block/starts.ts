import { unescape } from "../inline/entity.ts"
import type { Formula } from "./block.ts"

/**
 * What may begin at the first word of a line. Each looks at the text from that word on and no further than it must, so
 * a line of any length costs little.
 */

/** `## Words ##` */
export function headingStart(text: string): { depth: number; text: string } | undefined {
  const depth = runLength(text, "#", 0)
  if (depth === 0 || depth > 6 || !isGap(text[depth])) return undefined
  let end = trimmedEnd(text, text.length)
  let marks = end
  while (marks > depth && text[marks - 1] === "#") marks--
  if (isGap(text[marks - 1]) || marks === depth) end = trimmedEnd(text, marks)
  return { depth, text: text.slice(depth, Math.max(depth, end)).trimStart() }
}

/** Three or more backticks or tildes, and the language. */
export function fenceStart(text: string): { mark: string; language: string } | undefined {
  const character = text[0]
  if (character !== "`" && character !== "~") return undefined
  const length = runLength(text, character, 0)
  if (length < 3) return undefined
  const words = text.slice(length)
  if (character === "`" && words.includes("`")) return undefined
  return { mark: character.repeat(length), language: unescape(/^\s*(\S{0,100})/.exec(words)?.[1] ?? "") }
}

export function closesFence(text: string, mark: string): boolean {
  const length = runLength(text, mark[0] ?? "", 0)
  return length >= mark.length && trimmedEnd(text, text.length) === length
}

/** `***`, `- - -` and the like. */
export function isRule(text: string): boolean {
  const character = text[0]
  if (character !== "*" && character !== "-" && character !== "_") return false
  let count = 0
  for (let index = 0; index < text.length; index++) {
    if (text[index] === character) count++
    else if (!isGap(text[index])) return false
  }
  return count >= 3
}

/** The line under a heading: 1 for `===`, 2 for `---`. */
export function underlineDepth(text: string): 1 | 2 | undefined {
  const character = text[0]
  if (character !== "=" && character !== "-") return undefined
  if (trimmedEnd(text, text.length) !== runLength(text, character, 0)) return undefined
  return character === "=" ? 1 : 2
}

/** A bullet or a number; `length` is that of the mark alone, `empty` when no word follows on the line. */
export type ItemMark = { marker: string; start: number | undefined; length: number; empty: boolean }

export function itemStart(text: string): ItemMark | undefined {
  const found = /^(?:[-+*]|(\d{1,9})[.)])(?=[ \t]|$)/.exec(text)
  if (!found) return undefined
  const length = found[0].length
  const start = found[1] === undefined ? undefined : Number(found[1])
  return { marker: text[length - 1] ?? "", start, length, empty: trimmedEnd(text, text.length) === length }
}

/** `[^label]:` */
export function footnoteStart(text: string): { label: string; length: number } | undefined {
  const found = /^\[\^([^\s[\]]{1,200})\]:/.exec(text)
  return found?.[1] === undefined ? undefined : { label: found[1], length: found[0].length }
}

/**
 * `$$` or `\[` at the start of a line. `text` is what follows it, up to the closing mark when that ends the same line;
 * with other words behind that mark the formula belongs to a paragraph.
 */
export function formulaStart(text: string): { close: Formula["close"]; text: string; whole: boolean } | undefined {
  const open = text.slice(0, 2)
  if ((open !== "$$" && open !== "\\[") || text[2] === "$") return undefined
  const close = open === "$$" ? "$$" : "\\]"
  const end = text.indexOf(close, 2)
  if (end === -1) {
    const rest = text.slice(2)
    // Escaped brackets, and the number of a process, may also begin a paragraph.
    const words = rest.trim() !== "" && (!looksLikeFormula(rest) || rest.includes("]("))
    return words ? undefined : { close, text: rest, whole: false }
  }
  const inside = text.slice(2, end)
  if (trimmedEnd(text, text.length) !== end + 2 || inside.trim() === "") return undefined
  if (close === "\\]" && !looksLikeFormula(inside)) return undefined
  return { close, text: inside, whole: true }
}

/** Whether words in escaped brackets are mathematics and not words in escaped brackets. */
export function looksLikeFormula(text: string): boolean {
  return /[\\=^_{}+<>|]/.test(text)
}

function isGap(character: string | undefined): boolean {
  return character === undefined || character === " " || character === "\t"
}

function runLength(text: string, character: string, from: number): number {
  let end = from
  while (end < text.length && text[end] === character) end++
  return end - from
}

function trimmedEnd(text: string, from: number): number {
  let end = from
  while (end > 0 && isGap(text[end - 1])) end--
  return end
}
