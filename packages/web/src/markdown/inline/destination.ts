import { unescape } from "./entity.ts"

/** A piece of a link or of its definition, and where it ends. */
export type Piece = { readonly text: string; readonly end: number }

/** The address of a link: `<…>`, or no white space and paired brackets. */
export function readAddress(text: string, at: number): Piece | undefined {
  return text[at] === "<" ? readPointed(text, at) : readBare(text, at)
}

function readPointed(text: string, at: number): Piece | undefined {
  for (let index = at + 1; index < text.length; index++) {
    const character = text[index]
    if (character === "\n" || character === "<") return undefined
    if (character === ">") return { text: unescape(text.slice(at + 1, index)), end: index + 1 }
    if (character === "\\") index++
  }
  return undefined
}

function readBare(text: string, at: number): Piece | undefined {
  let depth = 0
  let end = at
  for (; end < text.length; end++) {
    const character = text[end] ?? ""
    if (character <= " " || character === "\x7f") break
    if (character === "\\" && (text[end + 1] ?? " ") > " ") end++
    else if (character === "(" && ++depth > 32) return undefined
    else if (character === ")" && --depth < 0) break
  }
  return depth > 0 ? undefined : { text: unescape(text.slice(at, end)), end }
}

const quotes: Readonly<Record<string, string>> = { '"': '"', "'": "'", "(": ")" }

/** The title of a link in quotes or round brackets. */
export function readTitle(text: string, at: number): Piece | undefined {
  const open = text[at] ?? ""
  const close = quotes[open]
  if (close === undefined) return undefined
  for (let index = at + 1; index < text.length; index++) {
    const character = text[index]
    if (character === close) return { text: unescape(text.slice(at + 1, index)), end: index + 1 }
    if (character === "(" && open === "(") return undefined
    if (character === "\\") index++
  }
  return undefined
}

/** The label of a reference, in square brackets; as it was written, because escapes belong to it. */
export function readLabel(text: string, at: number): Piece | undefined {
  if (text[at] !== "[") return undefined
  const last = Math.min(text.length, at + 1001)
  for (let index = at + 1; index < last; index++) {
    const character = text[index]
    if (character === "[") return undefined
    if (character === "\\") index++
    else if (character === "]") {
      const label = text.slice(at + 1, index)
      return label.trim() === "" ? undefined : { text: label, end: index + 1 }
    }
  }
  return undefined
}

/** Where a link leads, and where its description ends. */
export type Target = { readonly href: string; readonly title: string; readonly end: number }

/** `(address "title")` */
export function readTarget(text: string, at: number): Target | undefined {
  if (text[at] !== "(") return undefined
  const address = readAddress(text, passGap(text, at + 1))
  if (!address) return undefined
  const gap = passGap(text, address.end)
  const title = gap > address.end ? readTitle(text, gap) : undefined
  const end = passGap(text, title?.end ?? gap)
  return text[end] === ")" ? { href: address.text, title: title?.text ?? "", end: end + 1 } : undefined
}

/** Passes white space with at most one line end in it. */
export function passGap(text: string, at: number): number {
  let lines = 0
  let end = at
  for (; end < text.length; end++) {
    const character = text[end]
    if (character === "\n" && ++lines > 1) break
    if (character !== " " && character !== "\t" && character !== "\n") break
  }
  return end
}
