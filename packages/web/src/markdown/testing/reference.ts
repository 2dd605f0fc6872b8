import { fromMarkdown } from "mdast-util-from-markdown"
import { gfmFromMarkdown } from "mdast-util-gfm"
import { gfm } from "micromark-extension-gfm"
import type { Block } from "../block/block.ts"
import { labelKey } from "../block/definition.ts"
import { nextLevel } from "../block/outline.ts"
import { splitRow } from "../block/table.ts"
import { readTask } from "../block/task.ts"
import { GrowingText } from "../growing.ts"
import type { Inline } from "../inline/inline.ts"
import { parseInline } from "../inline/parse.ts"

/** A tree that both parsers' results can be written as, for comparison. */
export type Tree = string | readonly [kind: string, ...parts: unknown[]]

/** What this parser makes of a text. */
export function ours(text: string): Tree[] {
  const { root, definitions } = new GrowingText().read(text, false)
  const scope = {
    definition: (key: string) => definitions.get(key),
    note: (key: string) => definitions.hasNote(key),
  }
  const inlines = (source: string, cell = false) => parseInline(source, scope, { cell }).map(inlineTree)
  const blocks = (children: readonly Block[]): Tree[] => children.map(blockTree)
  function blockTree(block: Block): Tree {
    switch (block.kind) {
      case "paragraph":
        return ["paragraph", ...inlines(block.text)]
      case "heading":
        return ["heading", block.level, ...inlines(block.text)]
      case "code":
        return ["code", block.language, block.text.replace(/\n$/, "")]
      case "table": {
        const width = block.align.length
        const cells = (row: string) =>
          splitRow(row)
            .slice(0, width)
            .map((cell) => inlines(cell, true))
        return ["table", block.align.map((align) => align ?? null), [block.header, ...block.rows].map(cells)]
      }
      case "rule":
        return ["rule"]
      case "formula":
        return ["formula", block.text]
      case "list":
        return ["list", block.start ?? null, ...blocks(block.children)]
      case "item": {
        const first = block.children[0]
        const task = first?.kind === "paragraph" ? readTask(first.text) : undefined
        if (!task || first?.kind !== "paragraph") return ["item", null, ...blocks(block.children)]
        return ["item", task.done, ["paragraph", ...inlines(task.text)], ...blocks(block.children.slice(1))]
      }
      case "footnote":
        return ["footnote", labelKey(block.label), ...blocks(block.children)]
      default:
        return [block.kind, ...blocks(block.children)]
    }
  }
  return blocks(root.children)
}

function inlineTree(inline: Inline): Tree {
  switch (inline.kind) {
    case "text":
      return inline.text
    case "code":
      return ["code", inline.text]
    case "link":
      return ["link", inline.href, inline.title, ...inline.children.map(inlineTree)]
    case "image":
      return ["image", inline.src, inline.title, inline.alt]
    case "note":
      return ["note", labelKey(inline.label)]
    case "break":
      return ["break"]
    case "formula":
      return ["formula", inline.text]
    default:
      return [inline.kind, ...inline.children.map(inlineTree)]
  }
}

type Node = {
  type: string
  children?: Node[]
  value?: string
  depth?: number
  start?: number | null
  ordered?: boolean | null
  checked?: boolean | null
  lang?: string | null
  url?: string
  title?: string | null
  alt?: string | null
  align?: (string | null)[]
  identifier?: string
}

/** What micromark makes of it: GFM without HTML, strikethrough with two tildes, headings levelled as ours are. */
export function theirs(text: string): Tree[] {
  const disable = { disable: { null: ["htmlFlow", "htmlText"] } }
  const root = fromMarkdown(text, {
    extensions: [gfm({ singleTilde: false }), disable],
    mdastExtensions: [gfmFromMarkdown()],
  }) as Node
  const definitions = new Map<string, Node>()
  let outline: readonly number[] = []
  collect(root)
  function collect(node: Node): void {
    const key = labelKey(node.identifier ?? "")
    if (node.type === "definition" && !definitions.has(key)) definitions.set(key, node)
    node.children?.forEach(collect)
  }
  function trees(nodes: readonly Node[] = []): Tree[] {
    const found: Tree[] = []
    for (const node of nodes) {
      if (node.type === "definition") continue
      const made = tree(node)
      const last = found.at(-1)
      if (typeof made === "string" && typeof last === "string") found[found.length - 1] = last + made
      else found.push(made)
    }
    return found
  }
  function tree(node: Node): Tree {
    const definition = definitions.get(labelKey(node.identifier ?? ""))
    switch (node.type) {
      case "text":
        return node.value ?? ""
      case "inlineCode":
        return ["code", node.value?.replaceAll("\n", " ")]
      case "code":
        return ["code", node.lang ?? "", node.value]
      case "heading": {
        const next = nextLevel(outline, node.depth ?? 1)
        outline = next.outline
        return ["heading", next.level, ...trees(node.children)]
      }
      case "thematicBreak":
        return ["rule"]
      case "blockquote":
        return ["quote", ...trees(node.children)]
      case "list":
        return ["list", node.ordered ? (node.start ?? null) : null, ...trees(node.children)]
      case "listItem":
        return ["item", node.checked ?? null, ...trees(node.children)]
      case "table": {
        const rows = (node.children ?? []).map((row) => (row.children ?? []).map((cell) => trees(cell.children)))
        return ["table", node.align, rows.map((cells) => cells.slice(0, node.align?.length))]
      }
      case "footnoteDefinition":
        return ["footnote", labelKey(node.identifier ?? ""), ...trees(node.children)]
      case "footnoteReference":
        return ["note", labelKey(node.identifier ?? "")]
      case "link":
        return ["link", node.url, node.title ?? "", ...trees(node.children)]
      case "linkReference":
        return ["link", definition?.url, definition?.title ?? "", ...trees(node.children)]
      case "image":
        return ["image", node.url, node.title ?? "", node.alt ?? ""]
      case "imageReference":
        return ["image", definition?.url, definition?.title ?? "", node.alt ?? ""]
      case "delete":
        return ["deleted", ...trees(node.children)]
      default:
        return [node.type, ...trees(node.children)]
    }
  }
  return trees(root.children)
}
