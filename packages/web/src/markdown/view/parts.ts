import type { Block } from "../block/block.ts"
import type { Context } from "./context.ts"
import { addLast, element } from "./dom.ts"

/** So many blocks stand in one part. */
const size = 8

/**
 * The parts of a page, a few blocks in each. A browser that has laid out and painted a part passes over it as a whole;
 * with all blocks side by side, each word that comes would cost the more the longer the answer is.
 */
export class Parts {
  private readonly root: Element
  private readonly context: Context
  private readonly parts: HTMLElement[] = []

  constructor(root: Element, context: Context) {
    this.root = root
    this.context = context
  }

  /** The part that the block of this number stands in. Its first block keeps the distance to the one before it. */
  of(index: number, before: Block | undefined): Element {
    const number = Math.floor(index / size)
    const part = this.parts[number] ?? this.add()
    if (index % size === 0) {
      const name = before ? `part after-${rank(before)}` : "part"
      if (part.className !== name) part.className = name
    }
    return part
  }

  /** Takes away the parts beyond so many blocks. */
  keep(blocks: number): void {
    for (const extra of this.parts.splice(Math.ceil(blocks / size))) extra.remove()
  }

  private add(): HTMLElement {
    const part = element("div", { class: "part" })
    this.parts.push(part)
    addLast(this.root, part, this.context.caret)
    return part
  }
}

/** What the distance to the next block depends on. */
function rank(block: Block): string {
  switch (block.kind) {
    case "heading":
      return block.level <= 3 ? "title" : "heading"
    case "code":
    case "table":
    case "formula":
      return "block"
    case "rule":
      return "rule"
    default:
      return "words"
  }
}
