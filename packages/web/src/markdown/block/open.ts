import { limits } from "../limits.ts"
import { type Block, isContainer, type Root, type Table } from "./block.ts"
import { Definitions, takeDefinitions } from "./definition.ts"
import { nextLevel } from "./outline.ts"

/** The fields every new block begins with. */
export type Fresh = { id: number; closed: boolean }

/**
 * The tree that is being built, and the blocks in it that are still open: from the root to the deepest one, each the
 * last child of the one before it.
 */
export class OpenBlocks {
  readonly definitions: Definitions
  private readonly open: [Root, ...Block[]]
  private nextId = 1
  private cells = 0
  private outline: readonly number[] = []

  /** Begins an empty tree, or a layer on top of another that leaves it as it is. */
  constructor(base?: OpenBlocks) {
    this.definitions = new Definitions(base?.definitions)
    this.open = base ? copyOpen(base.open) : [{ id: 0, kind: "root", closed: false, children: [], settled: 0 }]
    if (!base) return
    this.nextId = base.nextId
    this.cells = base.cells
    this.outline = base.outline
  }

  get root(): Root {
    return this.open[0]
  }

  get length(): number {
    return this.open.length
  }

  /** The deepest open block. */
  get tip(): Block {
    return this.open.at(-1) ?? this.root
  }

  /** Whether the text has as many blocks and cells as are drawn. */
  get full(): boolean {
    return this.nextId + this.cells > limits.pieces
  }

  at(depth: number): Block {
    return this.open[depth] ?? this.root
  }

  fresh(): Fresh {
    return { id: this.nextId++, closed: false }
  }

  /** The level of a heading written with so many `#`. */
  level(depth: number): number {
    const { level, outline } = nextLevel(this.outline, depth)
    this.outline = outline
    return level
  }

  add(block: Block): void {
    // Only items stand in a list: anything else ends it.
    if (this.tip.kind === "list" && block.kind !== "item") this.closeTip()
    const parent = this.tip
    if (!isContainer(parent)) throw new Error(`A ${parent.kind} cannot hold a ${block.kind}.`)
    parent.children.push(block)
    this.open.push(block)
  }

  addRow(table: Table, row: string): void {
    table.rows.push(row)
    this.cells += table.align.length
  }

  closeTip(): void {
    this.closeTo(this.length - 1)
  }

  /** Closes the deepest blocks until so many are open, at least the root. */
  closeTo(depth: number): void {
    while (this.length > Math.max(depth, 1)) {
      const block = this.tip
      block.closed = true
      if (block.kind === "paragraph" && block.text.startsWith("[")) {
        block.text = this.withoutDefinitions(block.text)
        if (block.text === "") this.dropTip()
        else this.open.pop()
      } else this.open.pop()
    }
  }

  /** Takes the deepest block out of the tree. */
  dropTip(): void {
    this.open.pop()
    const parent = this.tip
    if (isContainer(parent)) parent.children.pop()
  }

  /** What is left of a paragraph when the definitions at its start are taken in. */
  withoutDefinitions(text: string): string {
    return takeDefinitions(text, (label, definition) => this.definitions.add(label, definition))
  }
}

function copyOpen(open: readonly [Root, ...Block[]]): [Root, ...Block[]] {
  const copies: [Root, ...Block[]] = [copy(open[0])]
  for (const block of open.slice(1)) {
    const parent = copies.at(-1)
    const own = copy(block)
    if (parent && isContainer(parent)) {
      parent.children[parent.children.length - 1] = own
      parent.settled--
    }
    copies.push(own)
  }
  return copies
}

function copy<B extends Block>(block: B): B {
  if (block.kind === "table") return { ...block, rows: block.rows.slice() }
  return isContainer(block)
    ? { ...block, children: block.children.slice(), settled: block.children.length }
    : { ...block }
}
