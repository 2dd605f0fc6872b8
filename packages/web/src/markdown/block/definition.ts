import { passGap, readAddress, readLabel, readTitle } from "../inline/destination.ts"

/** Where `[words][label]` leads. */
export type Definition = { readonly href: string; readonly title: string }

/**
 * The definitions and footnotes found so far; the first definition of a label counts. A layer sees what lies under it
 * and changes nothing there. Labels are looked up as `labelKey` makes them.
 */
export class Definitions {
  private readonly own = new Map<string, Definition>()
  private readonly notes = new Set<string>()
  private readonly base: Definitions | undefined

  constructor(base?: Definitions) {
    this.base = base
  }

  add(label: string, definition: Definition): void {
    const key = labelKey(label)
    if (!this.get(key)) this.own.set(key, definition)
  }

  get(key: string): Definition | undefined {
    return this.base?.get(key) ?? this.own.get(key)
  }

  addNote(label: string): void {
    this.notes.add(labelKey(label))
  }

  hasNote(key: string): boolean {
    return this.notes.has(key) || (this.base?.hasNote(key) ?? false)
  }
}

/** Labels are one when they differ in case and white space only. */
export function labelKey(label: string): string {
  return label.trim().replace(/\s+/g, " ").toLowerCase().toUpperCase()
}

/** Takes the definitions a paragraph begins with and returns what is left of it. */
export function takeDefinitions(text: string, add: (label: string, definition: Definition) => void): string {
  let from = 0
  while (text[from] === "[") {
    const found = readDefinition(text, from)
    if (!found) break
    add(found.label, found.definition)
    from = found.end
  }
  return text.slice(from)
}

function readDefinition(text: string, at: number): { label: string; definition: Definition; end: number } | undefined {
  const label = readLabel(text, at)
  if (!label || text[label.end] !== ":") return undefined
  const from = passGap(text, label.end + 1)
  const address = readAddress(text, from)
  if (!address || address.end === from) return undefined
  const gap = passGap(text, address.end)
  const title = gap > address.end ? readTitle(text, gap) : undefined
  const end = title && lineEnd(text, title.end)
  if (title && end !== undefined) {
    return { label: label.text, definition: { href: address.text, title: title.text }, end }
  }
  const bare = lineEnd(text, address.end)
  if (bare === undefined) return undefined
  return { label: label.text, definition: { href: address.text, title: "" }, end: bare }
}

/** Where the next line begins, when nothing but white space is left on this one. */
function lineEnd(text: string, at: number): number | undefined {
  let end = at
  while (text[end] === " " || text[end] === "\t") end++
  if (end === text.length) return end
  return text[end] === "\n" ? end + 1 : undefined
}
