import type { Block, Container, Footnote, Formula, Heading, List, Paragraph } from "../block/block.ts"
import { labelKey, takeDefinitions } from "../block/definition.ts"
import { readTask } from "../block/task.ts"
import { drawFormula } from "../formula/formulas.ts"
import { limits } from "../limits.ts"
import { CodeView } from "./code.ts"
import type { Context } from "./context.ts"
import { addLast, element, scrollBox } from "./dom.ts"
import { TableView } from "./table.ts"
import type { Parts } from "./parts.ts"
import { Words } from "./words.ts"

/** What is drawn for a block. */
type View = {
  readonly node: Element
  /** Where the caret stands while the block is the last one; undefined when nothing can stand in it. */
  readonly tail: Element | undefined
  draw(block: Block): void
}

/** The blocks in an element. Those that were closed for good when last drawn are never looked at again. */
export class BlockList {
  private readonly parent: Element
  private readonly context: Context
  private readonly parts: Parts | undefined
  private readonly drawn: { readonly key: string; readonly view: View }[] = []
  private settled = 0

  constructor(parent: Element, context: Context, parts?: Parts) {
    this.parent = parent
    this.context = context
    this.parts = parts
  }

  draw(container: Container): void {
    const { children } = container
    for (let index = this.settled; index < children.length; index++) {
      const block = children[index]
      if (!block) continue
      const lead = container.kind === "item" && index === 0
      const key = keyOf(block, lead)
      const old = this.drawn[index]
      const view = old?.key === key ? old.view : makeView(block, lead, this.context)
      view.draw(block)
      const parent = this.parts?.of(index, children[index - 1]) ?? this.parent
      if (old?.key === key) continue
      this.drawn[index] = { key, view }
      if (old) old.view.node.replaceWith(view.node)
      else addLast(parent, view.node, this.context.caret)
    }
    for (const extra of this.drawn.splice(children.length)) extra.view.node.remove()
    this.parts?.keep(children.length)
    this.settled = container.settled
  }

  get tail(): Element {
    return this.drawn.at(-1)?.view.tail ?? this.parent
  }
}

/** A block that is read again as something else gets a new element; what only grows keeps its own. */
function keyOf(block: Block, lead: boolean): string {
  return `${block.id} ${block.kind} ${formOf(block) ?? lead}`
}

function formOf(block: Block): string | number | undefined {
  switch (block.kind) {
    case "heading":
      return block.level
    case "list":
      return block.start
    case "code":
      return block.language
    default:
      return undefined
  }
}

function makeView(block: Block, lead: boolean, context: Context): View {
  switch (block.kind) {
    case "paragraph":
      return lead ? new LeadView(context) : new WordsView(element("p"), context)
    case "heading":
      return new WordsView(document.createElement(`h${block.level}`), context)
    case "code":
      return new CodeView(block, context)
    case "table":
      return new TableView(context)
    case "formula":
      return new FormulaView()
    case "rule":
      return { node: element("hr"), tail: undefined, draw: () => {} }
    default:
      return new ContainerView(block, context)
  }
}

class ContainerView implements View {
  readonly node: HTMLElement
  private readonly list: BlockList

  constructor(block: Container, context: Context) {
    this.node = makeContainer(block)
    this.list = new BlockList(this.node, context)
    if (block.kind === "footnote") context.footnotes.set(labelKey(block.label), this.node)
  }

  get tail(): Element {
    return this.list.tail
  }

  draw(block: Container): void {
    this.list.draw(block)
    if (block.kind === "item") this.node.classList.toggle("task-item", isTask(block.children[0]))
  }
}

function isTask(block: Block | undefined): boolean {
  return block?.kind === "paragraph" && readTask(block.text) !== undefined
}

function makeContainer(block: Container): HTMLElement {
  switch (block.kind) {
    case "list":
      return makeList(block)
    case "item":
      return element("li", block.spaced ? { class: "spaced" } : {})
    case "footnote":
      return makeFootnote(block)
    default:
      return element("blockquote")
  }
}

/** The role stays said because a list without the browser's own marks is none to some screen readers. */
function makeList(block: List): HTMLElement {
  if (block.start === undefined) return element("ul", { role: "list" })
  const list = element("ol", { role: "list" })
  list.start = block.start
  if (block.start !== 1) list.style.counterReset = `step ${block.start - 1}`
  return list
}

function makeFootnote(block: Footnote): HTMLElement {
  return element("div", { class: "footnote", tabindex: "-1" }, element("sup", {}, block.label))
}

class WordsView implements View {
  readonly node: HTMLElement
  private readonly words: Words

  constructor(node: HTMLElement, context: Context) {
    this.node = node
    this.words = new Words(node, context)
  }

  get tail(): Element {
    return this.node
  }

  draw(block: Paragraph | Heading): void {
    this.words.draw(wordsOf(block), { growing: !block.closed })
  }
}

/** The definitions at the start of a paragraph go when it closes; while it is open they are not shown either. */
function wordsOf(block: Paragraph | Heading): string {
  const open = block.kind === "paragraph" && !block.closed && block.text.length <= limits.inline
  return open ? takeDefinitions(block.text, () => {}) : block.text
}

/** The first paragraph of an item stands right in it, behind the box if the item is a task. */
class LeadView implements View {
  readonly node = element("span", { class: "lead" })
  private readonly words: Words
  private box: HTMLElement | undefined

  constructor(context: Context) {
    this.words = new Words(this.node, context)
  }

  get tail(): Element {
    return this.node
  }

  draw(block: Paragraph): void {
    const task = readTask(block.text)
    if (!task) {
      this.box?.remove()
      this.box = undefined
    } else if (!this.box) {
      const state = task.done ? { class: "task done", "aria-label": "Done" } : { class: "task", "aria-label": "To do" }
      this.box = element("span", { ...state, role: "img" })
      this.node.prepend(this.box)
    }
    this.words.draw(task?.text ?? block.text, { growing: !block.closed })
  }
}

class FormulaView implements View {
  readonly node = scrollBox("formula", "Formula")
  private whole = false

  get tail(): Element | undefined {
    return this.whole ? undefined : this.node
  }

  draw(block: Formula): void {
    this.whole = block.whole
    const text = block.text.trim()
    const open = block.close === "$$" ? "$$" : "\\["
    // What has no end, perhaps not yet, is shown line by line as it was written.
    const source = block.whole ? open + block.text + block.close : open + block.text.trimEnd()
    drawFormula(this.node, { text: block.whole ? text : undefined, display: true, source })
  }
}
