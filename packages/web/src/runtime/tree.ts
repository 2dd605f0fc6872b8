import type { MessageId } from "@omnichat/core/protocol/id"

/**
 * The tree of a chat's messages as this page knows it. Nodes have a `key` that never changes while the page lives, so
 * that what is drawn for a message sent a moment ago stays when the server names it: the key is the id the node was
 * first known by. All functions change the tree in place.
 */
export type TreeNode = { key: string; id?: MessageId; parent: string | null }

export type Tree<Node extends TreeNode> = {
  nodes: Record<string, Node>
  /** The children of each key, oldest first; those of "" are the roots. */
  children: Record<string, string[]>
  /** Ids that differ from the key of their node. */
  alias: Record<string, string>
  /** The node the visible path ends with. */
  leaf: string | null
}

export function newTree<Node extends TreeNode>(): Tree<Node> {
  return { nodes: {}, children: {}, alias: {}, leaf: null }
}

export function keyOf(tree: Tree<TreeNode>, id: MessageId): string {
  return tree.alias[id] ?? id
}

/** Adds a node among its siblings by age; one that is there already stays as it is. */
export function add<Node extends TreeNode>(tree: Tree<Node>, node: Node): void {
  if (tree.nodes[node.key]) return
  tree.nodes[node.key] = node
  attach(tree, node)
}

/** Gives a node the id the server knows it by. A second node that had been read under this id gives way to it. */
export function name(tree: Tree<TreeNode>, key: string, id: MessageId): void {
  const node = tree.nodes[key]
  if (!node || node.id === id) return
  node.id = id
  if (id === key) return
  tree.alias[id] = key
  const twin = tree.nodes[id]
  if (!twin) return
  for (const child of [...(tree.children[id] ?? [])]) move(tree, child, key)
  const led = tree.leaf === id
  drop(tree, id)
  if (led) tree.leaf = key
}

export function move(tree: Tree<TreeNode>, key: string, parent: string | null): void {
  const node = tree.nodes[key]
  if (!node || node.parent === parent) return
  detach(tree, node)
  node.parent = parent
  attach(tree, node)
}

/** Takes a node away; its children, if any, come to its parent. */
export function drop(tree: Tree<TreeNode>, key: string): void {
  const node = tree.nodes[key]
  if (!node) return
  for (const child of [...(tree.children[key] ?? [])]) move(tree, child, node.parent)
  detach(tree, node)
  delete tree.nodes[key]
  if (tree.leaf === key) tree.leaf = node.parent
}

/** The keys from the first loaded message down to `leaf`. */
export function pathTo(tree: Tree<TreeNode>, leaf: string | null): string[] {
  const path: string[] = []
  for (let key = leaf; key !== null;) {
    const node = tree.nodes[key]
    if (!node) break
    path.push(key)
    key = node.parent
  }
  return path.reverse()
}

/**
 * The node and its siblings, oldest first. Messages are loaded newest first and a child is younger than its parent,
 * so the list is complete as soon as the parent is there (or everything is).
 */
export function siblings(tree: Tree<TreeNode>, key: string): string[] {
  const node = tree.nodes[key]
  return node ? (tree.children[node.parent ?? ""] ?? [key]) : []
}

/** Where a branch ends that begins with `key`: always down the newest child. */
export function newestLeaf(tree: Tree<TreeNode>, key: string): string {
  for (let at = key; ;) {
    const child = tree.children[at]?.at(-1)
    if (child === undefined) return at
    at = child
  }
}

function attach(tree: Tree<TreeNode>, node: TreeNode): void {
  const list = (tree.children[node.parent ?? ""] ??= [])
  const age = ageOf(node)
  let at = list.length
  while (at > 0 && ageOf(tree.nodes[list[at - 1] ?? ""]) > age) at--
  list.splice(at, 0, node.key)
}

function detach(tree: Tree<TreeNode>, node: TreeNode): void {
  const list = tree.children[node.parent ?? ""] ?? []
  const at = list.indexOf(node.key)
  if (at >= 0) list.splice(at, 1)
}

/** Ids sort by age; a node without one is younger than all that have one. */
function ageOf(node: TreeNode | undefined): string {
  return node?.id ?? "~"
}
