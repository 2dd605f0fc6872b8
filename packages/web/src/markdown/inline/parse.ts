import { type Definition, labelKey } from "../block/definition.ts"
import { readBareLink, readMail, readPointedLink } from "./autolink.ts"
import { readLabel, readTarget, type Target } from "./destination.ts"
import { readRun, type Run, Runs } from "./emphasis.ts"
import { isMark, readReference } from "./entity.ts"
import { readFormula } from "./formula.ts"
import { type Inline, plainText } from "./inline.ts"
import { nest, type Token } from "./tree.ts"

/** What a piece of text may refer to, by keys of `labelKey`. */
export type Scope = {
  definition(key: string): Definition | undefined
  note(key: string): boolean
}

export type InlineOptions = {
  /** More of the text is still to come: marks that are open on its last line are drawn as if they closed at its end. */
  readonly growing?: boolean
  /** A cell of a table, where `<br>` breaks the line as no newline can. No other HTML is ever more than text. */
  readonly cell?: boolean
}

/** Reads the marks in a text, in time proportional to its length. */
export function parseInline(text: string, scope: Scope, options: InlineOptions = {}): Inline[] {
  return new InlineParser((options.growing ? withoutOpenMarks(text) : text).trimEnd(), scope, options).read()
}

/** Marks at the end of a growing text wait for the character that tells what they are. */
function withoutOpenMarks(text: string): string {
  let end = text.length
  while (end > 0 && "*_~`\\".includes(text[end - 1] ?? " ")) end--
  return text.slice(0, end)
}

type Bracket = {
  readonly token: number
  readonly at: number
  readonly image: boolean
  readonly run: Run | undefined
  readonly before: Bracket | undefined
  /** A link closed around a later bracket, so this one can be none. */
  dead: boolean
  /** Another bracket opened within it, so its text is no label. */
  holds: boolean
}

const special = /[\\`*_~[\]!<&$\n@]|https?:\/\/|www\./gi
const lineBreak = /<br[ \t]{0,9}\/?>/iy

class InlineParser {
  private readonly text: string
  private readonly scope: Scope
  private readonly options: InlineOptions
  private readonly tokens: Token[] = []
  private readonly runs = new Runs()
  private bracket: Bracket | undefined
  private at = 0
  /** Where each length of backtick run stands from here on; made when first needed. */
  private ticks: Map<number, number[]> | undefined

  constructor(text: string, scope: Scope, options: InlineOptions) {
    this.text = text
    this.scope = scope
    this.options = options
  }

  read(): Inline[] {
    const { text } = this
    while (this.at < text.length) {
      special.lastIndex = this.at
      const found = special.exec(text)
      const next = found ? found.index : text.length
      const plain = text.slice(this.at, next)
      this.at = next
      if (!found) this.addText(plain)
      else if (found[0] === "\n") this.readLineEnd(plain)
      else if (found[0] === "@") this.readMail(plain)
      else {
        this.addText(plain)
        this.readSpecial(found[0])
      }
    }
    this.runs.pair()
    if (this.options.growing) this.closeAtEnd()
    return nest(this.tokens)
  }

  private readSpecial(found: string): void {
    if (found.length > 1) return this.readBareLink(found)
    switch (found) {
      case "\\":
        return this.readBackslash()
      case "`":
        return this.readCode()
      case "[":
        return this.openBracket(false)
      case "!":
        return this.text[this.at + 1] === "[" ? this.openBracket(true) : this.take(1)
      case "]":
        return this.closeBracket()
      case "<":
        return this.readPointed()
      case "&": {
        const reference = readReference(this.text, this.at)
        if (!reference) return this.take(1)
        this.addText(reference.text)
        this.at = reference.end
        return
      }
      case "$":
        return this.readFormula() ? undefined : this.take(this.text[this.at + 1] === "$" ? 2 : 1)
      default:
        return this.readRun()
    }
  }

  private addText(text: string): void {
    if (text !== "") this.tokens.push({ kind: "text", text })
  }

  private addPiece(piece: Inline, end: number): void {
    this.tokens.push({ kind: "piece", piece })
    this.at = end
  }

  /** Takes characters as they are. */
  private take(count: number): void {
    this.addText(this.text.slice(this.at, this.at + count))
    this.at += count
  }

  private readLineEnd(plain: string): void {
    this.addText(plain.trimEnd())
    if (plain.endsWith("  ")) this.addPiece({ kind: "break" }, this.at + 1)
    else this.take(1)
    while (this.text[this.at] === " " || this.text[this.at] === "\t") this.at++
  }

  private readBackslash(): void {
    if (this.readFormula()) return
    const next = this.text[this.at + 1]
    if (next === "\n") this.addPiece({ kind: "break" }, this.at + 2)
    else if (isMark(next)) {
      this.at++
      this.take(1)
    } else this.take(1)
  }

  private readFormula(): boolean {
    const found = readFormula(this.text, this.at)
    if (!found) return false
    const source = this.text.slice(this.at, found.end)
    this.addPiece({ kind: "formula", text: found.text, display: found.display, source }, found.end)
    return true
  }

  private readCode(): void {
    const { text } = this
    let from = this.at
    while (text[from] === "`") from++
    const length = from - this.at
    const end = this.nextTicks(length, from)
    if (end !== undefined) {
      this.addPiece({ kind: "code", text: codeText(text.slice(from, end)) }, end + length)
    } else if (this.options.growing && length < 3 && !text.includes("\n", from)) {
      this.addPiece({ kind: "code", text: codeText(text.slice(from)) }, text.length)
    } else this.take(length)
  }

  private nextTicks(length: number, from: number): number | undefined {
    if (!this.ticks) {
      this.ticks = new Map()
      for (const found of this.text.slice(from).matchAll(/`+/g)) {
        const places = this.ticks.get(found[0].length)
        if (places) places.push(from + found.index)
        else this.ticks.set(found[0].length, [from + found.index])
      }
      for (const places of this.ticks.values()) places.reverse()
    }
    const places = this.ticks.get(length)
    while (places && (places.at(-1) ?? Infinity) < from) places.pop()
    return places?.at(-1)
  }

  private readRun(): void {
    const run = readRun(this.text, this.at)
    this.tokens.push({ kind: "run", run })
    if (run.canOpen || run.canClose) this.runs.add(run)
    this.at += run.length
  }

  private readPointed(): void {
    const link = readPointedLink(this.text, this.at)
    lineBreak.lastIndex = this.at
    if (link) this.addLink(link)
    else if (this.options.cell && lineBreak.test(this.text)) this.addPiece({ kind: "break" }, lineBreak.lastIndex)
    else this.take(1)
  }

  private readBareLink(prefix: string): void {
    const link = readBareLink(this.text, this.at, prefix)
    if (link) this.addLink(link)
    else this.take(prefix.length)
  }

  private readMail(plain: string): void {
    const from = this.at - plain.length
    const mail = readMail(this.text, this.at, from)
    this.addText(mail ? plain.slice(0, mail.start - from) : plain)
    if (mail) this.addLink(mail)
    else this.take(1)
  }

  private addLink(link: { href: string; text: string; end: number }): void {
    const children: Inline[] = [{ kind: "text", text: link.text }]
    this.addPiece({ kind: "link", href: link.href, title: "", children }, link.end)
  }

  private openBracket(image: boolean): void {
    const before = this.bracket
    if (before) before.holds = true
    const token = this.tokens.length
    this.take(image ? 2 : 1)
    this.bracket = { token, at: this.at, image, run: this.runs.last, before, dead: false, holds: false }
  }

  private closeBracket(): void {
    const { bracket } = this
    const end = this.at + 1
    if (!bracket) return this.take(1)
    this.bracket = bracket.before
    if (bracket.dead) return this.take(1)
    if (this.readNote(bracket)) return
    const target = readTarget(this.text, end) ?? this.readReferenced(bracket, end)
    if (!target) {
      if (!this.hidesAddress(bracket, end)) this.take(1)
      return
    }
    this.runs.pair(bracket.run)
    this.runs.cut(bracket.run)
    if (bracket.image) {
      const alt = plainText(nest(this.tokens.splice(bracket.token).slice(1)))
      return this.addPiece({ kind: "image", src: target.href, title: target.title, alt }, target.end)
    }
    this.tokens[bracket.token] = { kind: "link", href: target.href, title: target.title }
    this.tokens.push({ kind: "end" })
    this.at = target.end
    for (let outer = bracket.before; outer && !outer.dead; outer = outer.before) if (!outer.image) outer.dead = true
  }

  /** `[label]`, `[]` or nothing: the words are the label then. */
  private readReferenced(bracket: Bracket, at: number): Target | undefined {
    const label = readLabel(this.text, at)
    if (!label && (bracket.holds || at - bracket.at > 1000)) return undefined
    const words = label ? label.text : this.text.slice(bracket.at, at - 1)
    const definition = words.trim() === "" ? undefined : this.scope.definition(labelKey(words))
    if (!definition) return undefined
    return { ...definition, end: label ? label.end : this.text.startsWith("[]", at) ? at + 2 : at }
  }

  private readNote(bracket: Bracket): boolean {
    const label = this.text.slice(bracket.at + 1, this.at)
    if (this.text[bracket.at] !== "^" || /^$|[\s[\]]/.test(label)) return false
    if (!this.scope.note(labelKey(label))) return false
    this.tokens.length = bracket.token
    this.runs.cut(bracket.run)
    if (bracket.image) this.addText("!")
    this.addPiece({ kind: "note", label }, this.at + 1)
    return true
  }

  /** While an address is still arriving, only the words of its link are drawn. */
  private hidesAddress(bracket: Bracket, at: number): boolean {
    if (!this.options.growing || this.text[at] !== "(" || /[\s)]/.test(this.text.slice(at))) return false
    if (bracket.image) this.tokens.length = bracket.token
    else this.tokens[bracket.token] = { kind: "text", text: "" }
    this.at = this.text.length
    return true
  }

  /** Lets what is open on the last line close at the end, so that marks do not stand there until their partners come. */
  private closeAtEnd(): void {
    const line = this.text.lastIndexOf("\n") + 1
    for (let run = this.runs.last; run && run.at >= line; run = run.before) {
      if (!run.canOpen) continue
      for (; run.left >= 2; run.left -= 2) run.opens.push(run.character === "~" ? "deleted" : "strong")
      if (run.left === 1) run.opens.push("emphasis")
      run.left = 0
    }
  }
}

function codeText(source: string): string {
  const text = source.replaceAll("\n", " ")
  const padded = text.startsWith(" ") && text.endsWith(" ") && text.trim() !== ""
  return padded ? text.slice(1, -1) : text
}
