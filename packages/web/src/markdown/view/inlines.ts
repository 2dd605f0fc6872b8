import { labelKey } from "../block/definition.ts"
import { drawFormula } from "../formula/formulas.ts"
import type { Inline } from "../inline/inline.ts"
import { linkAddress } from "./address.ts"
import type { Context } from "./context.ts"
import { addLast, element, setText } from "./dom.ts"
import { describeImage, imageButton } from "./image.ts"

type Drawn = { inline: Inline; readonly node: ChildNode; readonly children?: InlineList }

const tags = { strong: "strong", emphasis: "em", deleted: "del" } as const

/** The inline pieces in an element. Drawing again keeps the nodes of what is the same and lets texts grow in place. */
export class InlineList {
  private readonly drawn: Drawn[] = []
  private readonly parent: Element
  private readonly context: Context
  /** Within a link nothing else can be pressed. */
  private readonly linked: boolean

  constructor(parent: Element, context: Context, linked = false) {
    this.parent = parent
    this.context = context
    this.linked = linked
  }

  draw(inlines: readonly Inline[]): void {
    inlines.forEach((inline, index) => {
      const old = this.drawn[index]
      if (old && update(old, inline)) return
      const made = this.make(inline)
      this.drawn[index] = made
      if (old) old.node.replaceWith(made.node)
      else addLast(this.parent, made.node, this.context.caret)
    })
    for (const extra of this.drawn.splice(inlines.length)) extra.node.remove()
  }

  private make(inline: Inline): Drawn {
    switch (inline.kind) {
      case "text":
        return { inline, node: document.createTextNode(inline.text) }
      case "code":
        return { inline, node: element("code", {}, inline.text) }
      case "break":
        return { inline, node: element("br") }
      case "image":
        return { inline, node: this.linked ? element("span", {}, describeImage(inline)) : imageButton(inline) }
      case "formula": {
        const node = element("span", { class: "inline-formula" })
        drawFormula(node, inline)
        return { inline, node }
      }
      case "note":
        return { inline, node: this.makeNote(inline.label) }
      default: {
        const node = inline.kind === "link" ? makeLink(inline.href, inline.title) : element(tags[inline.kind])
        const children = new InlineList(node, this.context, this.linked || inline.kind === "link")
        children.draw(inline.children)
        return { inline, node, children }
      }
    }
  }

  private makeNote(label: string): HTMLElement {
    if (this.linked) return element("sup", {}, label)
    const button = element("button", { type: "button", "aria-label": `Footnote ${label}` }, label)
    button.addEventListener("click", () => {
      const note = this.context.footnotes.get(labelKey(label))
      note?.scrollIntoView({ block: "nearest" })
      note?.focus({ preventScroll: true })
    })
    return element("sup", {}, button)
  }
}

function makeLink(href: string, title: string): HTMLElement {
  const address = linkAddress(href)
  if (address === undefined) return element("span", { class: "inert" })
  const link = element("a", { href: address, rel: "noopener noreferrer", target: "_blank" })
  if (title !== "") link.title = title
  return link
}

/** Changes what is drawn into the new piece, if that is of the same kind. */
function update(drawn: Drawn, inline: Inline): boolean {
  const old = drawn.inline
  drawn.inline = inline
  switch (inline.kind) {
    case "text":
      if (old.kind !== "text") return false
      setText(drawn.node as Text, inline.text)
      return true
    case "code":
      if (old.kind !== "code") return false
      setText(drawn.node.firstChild as Text, inline.text)
      return true
    case "break":
      return old.kind === "break"
    case "image":
      return old.kind === "image" && old.src === inline.src && old.alt === inline.alt
    case "formula":
      return old.kind === "formula" && old.source === inline.source
    case "note":
      return old.kind === "note" && old.label === inline.label
    case "link":
      if (old.kind !== "link" || old.href !== inline.href || old.title !== inline.title) return false
      drawn.children?.draw(inline.children)
      return true
    default:
      if (old.kind !== inline.kind) return false
      drawn.children?.draw(inline.children)
      return true
  }
}
