import { limits } from "../limits.ts"
import { type Align, type Block, type Formula, isContainer, type Paragraph, type Root } from "./block.ts"
import { Cursor } from "./cursor.ts"
import type { Definitions } from "./definition.ts"
import { OpenBlocks } from "./open.ts"
import {
  closesFence,
  fenceStart,
  footnoteStart,
  formulaStart,
  headingStart,
  isRule,
  type ItemMark,
  itemStart,
  underlineDepth,
} from "./starts.ts"
import { readAligns, splitRow } from "./table.ts"

/** What a line is to an open block: the block goes on and the line is looked into, it is used up, or the block is over. */
type Going = "on" | "used" | "over"

/** A line that is being read: `above` is the deepest block that goes on, and `keep` how many stay when one begins. */
type Reading = { readonly cursor: Cursor; above: Block; keep: number; readonly afterBlank: boolean }

/**
 * Reads Markdown line by line, each line once and in time proportional to its length. The rules are those of CommonMark
 * and GFM, with formulas, without HTML. `fork` gives a parser for what may come next that leaves this one as it is: the
 * unfinished last line is tried there.
 */
export class BlockParser {
  private readonly blocks: OpenBlocks
  private afterBlank: boolean
  /** The text has become too much; the last paragraph takes what still comes. */
  private full: boolean

  constructor(base?: BlockParser) {
    this.blocks = new OpenBlocks(base?.blocks)
    this.afterBlank = base?.afterBlank ?? false
    this.full = base?.full ?? false
  }

  get root(): Root {
    return this.blocks.root
  }

  get definitions(): Definitions {
    return this.blocks.definitions
  }

  fork(): BlockParser {
    return new BlockParser(this)
  }

  /** The text ends here. */
  finish(): void {
    this.blocks.closeTo(0)
    this.root.closed = true
  }

  /** Takes an open paragraph whose last line begins like a row of a table for the table it will most likely become. */
  foresee(): void {
    const { tip } = this.blocks
    const header = tip.kind === "paragraph" ? tip.text.slice(tip.text.lastIndexOf("\n") + 1) : ""
    if (tip.kind !== "paragraph" || !/^\|[^|]/.test(header) || header.length > limits.line) return
    this.turnTable(
      tip,
      header,
      splitRow(header).map(() => undefined),
    )
  }

  /** Reads one more line, given without its line end. */
  push(line: string): void {
    const { blocks } = this
    if (blocks.full) return this.pushPlain(line)
    const cursor = new Cursor(line)
    const afterBlank = this.afterBlank
    this.afterBlank = false
    let depth = 1
    for (; depth < blocks.length; depth++) {
      const going = this.goOn(blocks.at(depth), cursor)
      if (going === "used") return
      if (going === "over") break
    }
    const above = blocks.at(depth - 1)
    const lazy = depth < blocks.length && blocks.tip.kind === "paragraph"
    const reading = { cursor, above, keep: isContainer(above) ? depth : depth - 1, afterBlank }
    let begun = false
    for (;;) {
      const result = this.begin(reading, lazy && !begun)
      if (result === "leaf") return
      if (result === "nothing") break
      begun = true
    }
    if (!begun) {
      this.afterBlank = cursor.blank()
      if (!lazy || cursor.blank()) blocks.closeTo(depth)
    }
    if (!cursor.blank()) this.addWords(cursor.words())
  }

  private pushPlain(line: string): void {
    const { blocks } = this
    if (!this.full) blocks.closeTo(1)
    this.full = true
    if (blocks.tip.kind === "paragraph") blocks.tip.text += "\n" + line
    else blocks.add({ ...blocks.fresh(), kind: "paragraph", text: line })
  }

  private goOn(block: Block, cursor: Cursor): Going {
    switch (block.kind) {
      case "list":
        return "on"
      case "quote":
        return passQuoteMark(cursor) ? "on" : "over"
      case "item":
        if (cursor.blank()) return block.children.length > 0 ? "on" : "over"
        return passIndent(cursor, block.width)
      case "footnote":
        return cursor.blank() ? "on" : passIndent(cursor, 4)
      case "paragraph":
      case "table":
        return cursor.blank() ? "over" : "on"
      case "code":
        if (block.fence) {
          if (cursor.indent() < 4 && closesFence(cursor.words(), block.fence.mark)) this.blocks.closeTip()
          else {
            cursor.skip(block.fence.indent)
            block.text += cursor.rest() + "\n"
          }
          return "used"
        }
        if (cursor.indent() < 4 && !cursor.blank()) return "over"
        cursor.skip(4)
        block.blanks += cursor.rest() + "\n"
        if (!cursor.blank()) {
          block.text += block.blanks
          block.blanks = ""
        }
        return "used"
      case "formula":
        return this.goOnFormula(block, cursor)
      default:
        return "over"
    }
  }

  private goOnFormula(block: Formula, cursor: Cursor): Going {
    const line = cursor.rest()
    const end = line.indexOf(block.close)
    if (end === -1) {
      // Only a mark that stands alone on its line promises an end behind a blank line.
      const fenced = block.text.startsWith("\n")
      if (block.text.length > limits.formula || (!fenced && cursor.blank())) return "over"
      block.text += line + "\n"
      return "used"
    }
    block.text += line.slice(0, end)
    block.whole = true
    this.blocks.closeTip()
    const words = line.slice(end + 2).trim()
    if (words !== "") this.addWords(words)
    return "used"
  }

  /** Begins what block the line begins at the cursor, if any. */
  private begin(reading: Reading, lazy: boolean): "container" | "leaf" | "nothing" {
    const { cursor, above } = reading
    if (cursor.blank()) return "nothing"
    const paragraph = above.kind === "paragraph" ? above : undefined
    if (cursor.indent() >= 4) {
      if (paragraph || lazy) return "nothing"
      this.blocks.closeTo(reading.keep)
      cursor.skip(4)
      const text = cursor.rest() + "\n"
      this.blocks.add({ ...this.blocks.fresh(), kind: "code", language: "", fence: undefined, text, blanks: "" })
      return "leaf"
    }
    const text = cursor.words()
    if (paragraph && this.turnParagraph(paragraph, text)) return "leaf"
    if (this.beginLeaf(cursor, text, reading.keep)) return "leaf"
    if (reading.keep >= limits.containers || !this.beginContainer(reading, text)) return "nothing"
    reading.above = this.blocks.tip
    reading.keep = this.blocks.length
    return "container"
  }

  private beginLeaf(cursor: Cursor, text: string, keep: number): boolean {
    const { blocks } = this
    const heading = headingStart(text)
    const fence = fenceStart(text)
    const formula = formulaStart(text)
    if (heading) {
      blocks.closeTo(keep)
      blocks.add({ ...blocks.fresh(), kind: "heading", level: blocks.level(heading.depth), text: heading.text })
    } else if (fence) {
      const { mark, language } = fence
      blocks.closeTo(keep)
      const indent = cursor.indent()
      blocks.add({ ...blocks.fresh(), kind: "code", language, fence: { mark, indent }, text: "", blanks: "" })
    } else if (formula) {
      const { close, whole } = formula
      blocks.closeTo(keep)
      blocks.add({ ...blocks.fresh(), kind: "formula", close, text: formula.text.trim() + (whole ? "" : "\n"), whole })
      if (whole) blocks.closeTip()
    } else if (isRule(text)) {
      blocks.closeTo(keep)
      blocks.add({ ...blocks.fresh(), kind: "rule" })
      blocks.closeTip()
    } else return false
    return true
  }

  private beginContainer({ cursor, above, keep, afterBlank }: Reading, text: string): boolean {
    const { blocks } = this
    if (passQuoteMark(cursor)) {
      blocks.closeTo(keep)
      blocks.add({ ...blocks.fresh(), kind: "quote", children: [], settled: 0 })
      return true
    }
    const footnote = footnoteStart(text)
    if (footnote) {
      cursor.pass(footnote.length)
      cursor.skip(Infinity)
      blocks.closeTo(keep)
      blocks.definitions.addNote(footnote.label)
      blocks.add({ ...blocks.fresh(), kind: "footnote", label: footnote.label, children: [], settled: 0 })
      return true
    }
    const mark = itemStart(text)
    if (!mark || (above.kind === "paragraph" && (mark.empty || (mark.start ?? 1) !== 1))) return false
    this.beginItem(cursor, mark, keep, afterBlank)
    return true
  }

  private beginItem(cursor: Cursor, mark: ItemMark, keep: number, afterBlank: boolean): void {
    const { blocks } = this
    const indent = cursor.indent()
    cursor.pass(mark.length)
    const gap = cursor.indent()
    const padding = mark.empty || gap > 4 ? 1 : gap
    cursor.skip(padding)
    blocks.closeTo(keep)
    const above = blocks.tip
    const ordered = mark.start !== undefined
    const next = above.kind === "list" && above.marker === mark.marker && (above.start !== undefined) === ordered
    if (!next) {
      if (above.kind === "list") blocks.closeTip()
      blocks.add({ ...blocks.fresh(), kind: "list", marker: mark.marker, start: mark.start, children: [], settled: 0 })
    }
    const spaced = next && afterBlank
    const width = indent + mark.length + padding
    blocks.add({ ...blocks.fresh(), kind: "item", width, spaced, children: [], settled: 0 })
  }

  /** A line that makes the paragraph above it a heading, or the paragraph's last line the header of a table. */
  private turnParagraph(paragraph: Paragraph, text: string): boolean {
    const { blocks } = this
    const depth = underlineDepth(text)
    if (depth) {
      const words = blocks.withoutDefinitions(paragraph.text)
      if (words === "") return false
      blocks.dropTip()
      blocks.add({ ...blocks.fresh(), kind: "heading", level: blocks.level(depth), text: words })
      return true
    }
    const align = readAligns(text)
    if (!align) return false
    const from = paragraph.text.lastIndexOf("\n") + 1
    const header = paragraph.text.slice(from)
    if (header.length > limits.inline || splitRow(header).length !== align.length) return false
    this.turnTable(paragraph, header, align)
    return true
  }

  private turnTable(paragraph: Paragraph, header: string, align: readonly Align[]): void {
    const { blocks } = this
    paragraph.text = paragraph.text.slice(0, paragraph.text.length - header.length).trimEnd()
    if (paragraph.text === "") blocks.dropTip()
    else blocks.closeTip()
    blocks.add({ ...blocks.fresh(), kind: "table", header, align, rows: [] })
  }

  private addWords(words: string): void {
    const { blocks } = this
    const { tip } = blocks
    if (tip.kind === "paragraph") tip.text += "\n" + words
    else if (tip.kind === "table") blocks.addRow(tip, words)
    else {
      if (!isContainer(tip)) blocks.closeTip()
      blocks.add({ ...blocks.fresh(), kind: "paragraph", text: words })
    }
  }
}

function passQuoteMark(cursor: Cursor): boolean {
  if (cursor.indent() >= 4 || cursor.line[cursor.word()] !== ">") return false
  cursor.pass(1)
  cursor.skip(1)
  return true
}

function passIndent(cursor: Cursor, columns: number): Going {
  if (cursor.indent() < columns) return "over"
  cursor.skip(columns)
  return "on"
}
