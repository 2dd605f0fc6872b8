/** Makes an element with its attributes; the text is only ever text. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value)
  made.append(...children)
  return made
}

/** A box of its own that scrolls sideways; the keyboard reaches it to do so. */
export function scrollBox(name: string, label: string): HTMLDivElement {
  return element("div", { class: `${name} block`, tabindex: "0", role: "group", "aria-label": label })
}

/** An icon of the sprite in the page. */
export function icon(name: string): SVGSVGElement {
  const namespace = "http://www.w3.org/2000/svg"
  const svg = document.createElementNS(namespace, "svg")
  const use = document.createElementNS(namespace, "use")
  svg.setAttribute("class", "icon small")
  svg.setAttribute("aria-hidden", "true")
  use.setAttribute("href", `#i-${name}`)
  svg.append(use)
  return svg
}

/** Gives a text node its words; what it has stays when they only grew. */
export function setText(node: Text, text: string): void {
  if (node.data === text) return
  if (text.startsWith(node.data)) node.appendData(text.slice(node.data.length))
  else node.data = text
}

/**
 * Adds a node at the end, where the caret may stand: that is taken away, and put back when all is drawn. To put the node
 * before it would have the browser look at the style of everything in the parent again.
 */
export function addLast(parent: Element, node: Node, caret: Element): void {
  if (caret.parentNode === parent) caret.remove()
  parent.append(node)
}
