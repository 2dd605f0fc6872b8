import { limits } from "../limits.ts"
import { type InlineOptions, parseInline, type Scope } from "../inline/parse.ts"
import type { Context, Waiting } from "./context.ts"
import { addLast, element, setText } from "./dom.ts"
import { InlineList } from "./inlines.ts"

/** The words of one paragraph, heading or cell, in an element that may hold something else before them. */
export class Words implements Waiting {
  private readonly parent: HTMLElement
  private readonly context: Context
  private readonly inlines: InlineList
  private readonly boxes: Text[] = []
  private text = ""
  private options: InlineOptions = {}

  constructor(parent: HTMLElement, context: Context) {
    this.parent = parent
    this.context = context
    this.inlines = new InlineList(parent, context)
  }

  draw(text: string, options: InlineOptions): void {
    if (text === this.text && options.growing === this.options.growing) return
    this.text = text
    this.options = options
    this.redraw()
  }

  redraw(): void {
    const long = this.text.length > limits.inline
    const missing = new Set<string>()
    this.inlines.draw(long ? [] : parseInline(this.text, this.scope(missing), this.options))
    this.drawBoxes(long ? this.text : "")
    if (missing.size > 0) this.context.waiting.set(this, missing)
    else this.context.waiting.delete(this)
  }

  private scope(missing: Set<string>): Scope {
    const { scope } = this.context
    const look = <T>(key: string, found: T): T => {
      if (!found) missing.add(key)
      return found
    }
    return {
      definition: (key) => look(key, scope.definition(key)),
      note: (key) => look(key, scope.note(key)),
    }
  }

  /** Text that is too long to look into: plain, in boxes of which only the last one changes. */
  private drawBoxes(text: string): void {
    const count = Math.ceil(text.length / limits.box)
    for (let index = Math.max(0, this.boxes.length - 1); index < count; index++) {
      const words = text.slice(index * limits.box, (index + 1) * limits.box)
      const old = this.boxes[index]
      if (old) setText(old, words)
      else {
        const box = document.createTextNode(words)
        this.boxes.push(box)
        addLast(this.parent, element("span", { class: "box" }, box), this.context.caret)
      }
    }
    for (const extra of this.boxes.splice(count)) extra.parentElement?.remove()
  }
}
