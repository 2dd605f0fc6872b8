import type { Align, Table } from "../block/block.ts"
import { splitRow } from "../block/table.ts"
import { limits } from "../limits.ts"
import type { Context } from "./context.ts"
import { element, scrollBox } from "./dom.ts"
import { Words } from "./words.ts"

/** From so many characters on a cell is wrapped rather than kept on one line. */
const longCell = 30

/** A word of so many characters has no room in a column that is only as wide as its name; of so many, in no usual one. */
const longWord = 12
const longestWord = 19

/** A table that scrolls in its own box; only its last row is ever drawn again. */
export class TableView {
  readonly node = scrollBox("table", "Table")
  private readonly context: Context
  private readonly body = element("tbody")
  private readonly header: Row
  private readonly rows: Row[] = []

  constructor(context: Context) {
    this.context = context
    this.header = new Row("th", context)
    this.node.append(element("table", {}, element("thead", {}, this.header.node), this.body))
  }

  draw(block: Table): void {
    this.header.draw(block.header, block.align, !block.closed && block.rows.length === 0)
    for (
      let index = Math.max(0, Math.min(this.rows.length, block.rows.length) - 1);
      index < block.rows.length;
      index++
    ) {
      const row = this.rows[index] ?? this.addRow()
      row.draw(block.rows[index] ?? "", block.align, !block.closed && index === block.rows.length - 1)
    }
    for (const extra of this.rows.splice(block.rows.length)) extra.node.remove()
  }

  get tail(): Element {
    return (this.rows.at(-1) ?? this.header).tail ?? this.node
  }

  private addRow(): Row {
    const row = new Row("td", this.context)
    this.body.append(row.node)
    this.rows.push(row)
    return row
  }
}

class Row {
  readonly node = element("tr")
  private readonly tag: "th" | "td"
  private readonly context: Context
  private readonly cells: { readonly node: HTMLElement; readonly words: Words }[] = []

  constructor(tag: "th" | "td", context: Context) {
    this.tag = tag
    this.context = context
  }

  draw(row: string, align: readonly Align[], growing: boolean): void {
    const texts = row.length > limits.inline ? [row] : splitRow(row).slice(0, align.length)
    texts.forEach((text, index) => {
      const cell = this.cells[index] ?? this.addCell()
      const name = [align[index] ?? "", text.length > longCell ? "long" : "", roomFor(text)].filter(Boolean).join(" ")
      if (name === "") cell.node.removeAttribute("class")
      else if (cell.node.className !== name) cell.node.className = name
      cell.words.draw(text, { cell: true, growing: growing && index === texts.length - 1 })
    })
    for (const extra of this.cells.splice(texts.length)) extra.node.remove()
  }

  get tail(): Element | undefined {
    return this.cells.at(-1)?.node
  }

  private addCell(): { node: HTMLElement; words: Words } {
    const node = element(this.tag, this.tag === "th" ? { scope: "col" } : {})
    const cell = { node, words: new Words(node, this.context) }
    this.node.append(node)
    this.cells.push(cell)
    return cell
  }
}

/**
 * The class that keeps a cell's longest word whole: an identifier that is broken is read wrongly, and the table can
 * scroll. In two steps, so that a column moves at most twice while a word grows.
 */
function roomFor(text: string): "" | "word" | "longest" {
  // What is not seen is not counted: where links lead, and the marks of code and emphasis.
  const words = text.replace(/\]\([^)]*\)|[`*~[\]]/g, "").split(/[\s-]+/)
  const longest = Math.max(...words.map(({ length }) => length))
  if (longest < longWord) return ""
  return longest < longestWord ? "word" : "longest"
}
