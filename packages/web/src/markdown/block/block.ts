/**
 * What a Markdown text is made of. An `id` is the place in the order in which blocks began, so reading the same words
 * again gives the same ids; `closed` means that no further line can change the block.
 */
export type Block = Leaf | Container
export type Leaf = Paragraph | Heading | Code | Formula | Table | Rule
export type Container = Root | Quote | List | Item | Footnote

type Common = { readonly id: number; closed: boolean }
type Holder = Common & {
  children: Block[]
  /** How many of the first children are closed for good, whatever the unfinished last line becomes. */
  settled: number
}

export type Root = Holder & { readonly kind: "root" }
export type Quote = Holder & { readonly kind: "quote" }
export type List = Holder & {
  readonly kind: "list"
  /** The character that makes the next item one of this list: `-`, `+`, `*`, `.` or `)`. */
  readonly marker: string
  /** The first number; undefined for a list of bullets. */
  readonly start: number | undefined
}
export type Item = Holder & {
  readonly kind: "item"
  /** The columns a line is indented by to belong to this item. */
  readonly width: number
  /** A blank line stands before it, after another item. */
  readonly spaced: boolean
}
export type Footnote = Holder & { readonly kind: "footnote"; readonly label: string }

export type Paragraph = Common & { readonly kind: "paragraph"; text: string }
/** `level` is 2 to 6 and never skips one: the first heading of an answer is an h2. */
export type Heading = Common & { readonly kind: "heading"; readonly level: number; readonly text: string }
export type Code = Common & {
  readonly kind: "code"
  /** The first word after the fence, as it was written; empty for an indented block. */
  readonly language: string
  /** Undefined for an indented block. */
  readonly fence: { readonly mark: string; readonly indent: number } | undefined
  /** Every line ends with a newline. */
  text: string
  /** Blank lines that belong to an indented block only if another line of it follows. */
  blanks: string
}
export type Formula = Common & {
  readonly kind: "formula"
  readonly close: "$$" | "\\]"
  text: string
  /** The closing mark has come. */
  whole: boolean
}
export type Align = "left" | "center" | "right" | undefined
export type Table = Common & {
  readonly kind: "table"
  readonly header: string
  readonly align: readonly Align[]
  readonly rows: string[]
}
export type Rule = Common & { readonly kind: "rule" }

export function isContainer(block: Block): block is Container {
  return "children" in block
}
