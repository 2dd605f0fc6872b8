import type { Code } from "../block/block.ts"
import { type Colouring, colouringOf } from "../highlight/colours.ts"
import type { State, Token } from "../highlight/scan.ts"
import { limits } from "../limits.ts"
import { copyButton } from "./copy.ts"
import type { Context } from "./context.ts"
import { addLast, element, setText } from "./dom.ts"

/** Lines in one box of its own, so that a browser lays out a long block piece by piece. */
const linesInBox = 10

type DrawnToken = { readonly hue: Token["hue"]; readonly node: ChildNode; readonly text: Text }

/** A block of code: its language, a button that copies it, and its lines; only the last line is ever drawn again. */
export class CodeView {
  readonly node = element("figure", { class: "code block" })
  private readonly context: Context
  private readonly body = element("code")
  private readonly language: string
  private colouring: Colouring | undefined
  private text = ""
  private closed = false
  private box: HTMLElement = this.body
  /** The finished lines, and where the first other one begins. */
  private lines = 0
  private line = 0
  private state: State | undefined
  private growing: DrawnToken[] = []

  constructor(block: Code, context: Context) {
    this.context = context
    this.language = block.language.toLowerCase()
    const name = languageName(block.language)
    const label = name === "" ? "Code" : `Code, ${name}`
    const copy = copyButton(() => this.text.replace(/\n$/, ""))
    const body = element("pre", { tabindex: "0", role: "group", "aria-label": label }, this.body)
    this.node.append(element("figcaption", {}, element("span", {}, name), copy), body)
    this.colouring = this.findColouring()
  }

  draw(block: Code): void {
    this.text = block.text
    this.closed = block.closed
    this.drawLines()
  }

  get tail(): Element {
    return this.box
  }

  private drawLines(): void {
    const { text } = this
    for (let end = text.indexOf("\n", this.line); end !== -1; end = text.indexOf("\n", this.line)) {
      const finished = this.closed || end < text.length - 1
      this.drawTokens(this.colour(text.slice(this.line, end), finished))
      if (!finished) return
      addLast(this.box, document.createTextNode("\n"), this.context.caret)
      this.growing = []
      this.line = end + 1
      this.lines++
    }
    this.drawTokens([])
  }

  private drawTokens(tokens: readonly Token[]): void {
    if (this.growing.length === 0 && tokens.length > 0 && this.lines % linesInBox === 0) this.beginBox()
    tokens.forEach((token, index) => {
      const old = this.growing[index]
      if (old && old.hue === token.hue) return setText(old.text, token.text)
      const made = drawToken(token)
      this.growing[index] = made
      if (old) old.node.replaceWith(made.node)
      else addLast(this.box, made.node, this.context.caret)
    })
    for (const extra of this.growing.splice(tokens.length)) extra.node.remove()
  }

  private beginBox(): void {
    this.box = element("span", { class: "lines" })
    addLast(this.body, this.box, this.context.caret)
  }

  private colour(line: string, finished: boolean): readonly Token[] {
    const plain = [{ text: line, hue: undefined }]
    if (!this.colouring || line.length > limits.line || this.line > limits.colours) return plain
    const { tokens, state } = this.colouring(line, this.state)
    const last = tokens.at(-1)
    if (finished) this.state = state
    // `for` may become `format`.
    else if (last?.hue === "k") return [...tokens.slice(0, -1), { text: last.text, hue: undefined }]
    return tokens.length > 0 ? tokens : plain
  }

  private findColouring(): Colouring | undefined {
    return this.language === "" ? undefined : colouringOf(this.language, () => this.recolour())
  }

  private recolour(): void {
    this.colouring = this.findColouring()
    if (!this.colouring) return
    const { caret } = this.context
    const held = this.body.contains(caret)
    this.body.textContent = ""
    this.box = this.body
    this.line = this.lines = 0
    this.state = undefined
    this.growing = []
    this.drawLines()
    if (held) this.box.append(caret)
  }
}

function drawToken({ hue, text }: Token): DrawnToken {
  const words = document.createTextNode(text)
  return { hue, text: words, node: hue ? element("span", { class: hue }, words) : words }
}

/** What the model called the language, if that is a name and not something else. */
function languageName(language: string): string {
  return /^[\w+#.-]{1,24}$/.test(language) ? language.toLowerCase() : ""
}
