import { expectFormula } from "../formula/formulas.ts"
import { GrowingText } from "../growing.ts"
import type { Context } from "./context.ts"
import { element } from "./dom.ts"
import { Parts } from "./parts.ts"
import { BlockList } from "./views.ts"

/**
 * A Markdown text in an element, drawn again whenever it has grown. What is finished is not touched any more, but for
 * one thing: a piece that names a definition or footnote which the text brings later gets its link when the text ends,
 * in place.
 */
export class MarkdownPage {
  private readonly root: HTMLElement
  private readonly context: Context
  private reader = new GrowingText()
  private blocks: BlockList

  constructor(root: HTMLElement) {
    this.root = root
    const caret = element("span", { class: "caret", "aria-hidden": "true" })
    const scope = { definition: () => undefined, note: () => false }
    this.context = { scope, caret, waiting: new Map(), footnotes: new Map() }
    this.blocks = this.newBlocks()
  }

  /** Draws the text as it is now; while it is `growing` a caret stands at its end. */
  draw(text: string, growing: boolean): void {
    const { root, definitions, fresh } = this.reader.read(text, growing)
    if (fresh) this.clear()
    this.root.classList.toggle("growing", growing)
    this.context.scope = { definition: (key) => definitions.get(key), note: (key) => definitions.hasNote(key) }
    this.blocks.draw(root)
    if (growing) expectFormula(text)
    if (!growing) {
      this.context.caret.remove()
      this.settleWaiting()
      return
    }
    const { tail } = this.blocks
    if (this.context.caret.parentNode !== tail || this.context.caret.nextSibling) tail.append(this.context.caret)
  }

  private clear(): void {
    this.context.waiting.clear()
    this.context.footnotes.clear()
    this.root.textContent = ""
    this.blocks = this.newBlocks()
  }

  private newBlocks(): BlockList {
    return new BlockList(this.root, this.context, new Parts(this.root, this.context))
  }

  private settleWaiting(): void {
    const { definition, note } = this.context.scope
    for (const [piece, keys] of [...this.context.waiting]) {
      if ([...keys].some((key) => definition(key) !== undefined || note(key))) piece.redraw()
    }
  }
}
