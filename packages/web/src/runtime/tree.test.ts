import type { MessageId } from "@omnichat/core/protocol/id"
import { describe, expect, test } from "vitest"
import { add, drop, keyOf, move, name, newestLeaf, newTree, pathTo, siblings } from "./tree.ts"
import type { Tree, TreeNode } from "./tree.ts"

const id = (letter: string) => `msg_${letter.padStart(26, "0")}` as MessageId
const node = (letter: string, parent: string | null): TreeNode => ({
  key: id(letter),
  id: id(letter),
  parent: parent === null ? null : id(parent),
})

/** A question with two answers; the second goes on. */
function sample(): Tree<TreeNode> {
  const tree = newTree<TreeNode>()
  for (const [letter, parent] of [
    ["E", "D"],
    ["D", "C"],
    ["C", "A"],
    ["B", "A"],
    ["A", null],
  ] as const) {
    add(tree, node(letter, parent))
  }
  tree.leaf = id("E")
  return tree
}

describe("paths", () => {
  test("lead from the root to the leaf", () => {
    const tree = sample()
    expect(pathTo(tree, tree.leaf)).toEqual([id("A"), id("C"), id("D"), id("E")])
    expect(pathTo(tree, id("B"))).toEqual([id("A"), id("B")])
    expect(pathTo(tree, null)).toEqual([])
  })

  test("begin where loading has come to", () => {
    const tree = newTree<TreeNode>()
    add(tree, node("E", "D"))
    add(tree, node("D", "C"))
    expect(pathTo(tree, id("E"))).toEqual([id("D"), id("E")])
  })
})

describe("siblings", () => {
  test("stand by age, whatever order they came in", () => {
    expect(siblings(sample(), id("C"))).toEqual([id("B"), id("C")])
  })

  test("a node without an id is the youngest, and stays in its place when it is named", () => {
    const tree = sample()
    add(tree, { key: "run_X", parent: id("A") })
    expect(siblings(tree, "run_X")).toEqual([id("B"), id("C"), "run_X"])
    name(tree, "run_X", id("F"))
    expect(keyOf(tree, id("F"))).toBe("run_X")
    expect(siblings(tree, "run_X")).toEqual([id("B"), id("C"), "run_X"])
  })

  test("roots are siblings too", () => {
    const tree = sample()
    add(tree, node("G", null))
    expect(siblings(tree, id("A"))).toEqual([id("A"), id("G")])
  })
})

test("a branch is entered at its newest end", () => {
  const tree = sample()
  expect(newestLeaf(tree, id("A"))).toBe(id("E"))
  expect(newestLeaf(tree, id("B"))).toBe(id("B"))
})

test("a node that is moved or dropped takes its children along", () => {
  const tree = sample()
  move(tree, id("D"), id("B"))
  expect(pathTo(tree, id("E"))).toEqual([id("A"), id("B"), id("D"), id("E")])
  drop(tree, id("D"))
  expect(pathTo(tree, id("E"))).toEqual([id("A"), id("B"), id("E")])
  tree.leaf = id("E")
  drop(tree, id("E"))
  expect(tree.leaf).toBe(id("B"))
})

test("an answer that was read before its run was acked is one with the node that stood for it", () => {
  const tree = sample()
  add(tree, { key: "run_X", parent: id("A") })
  add(tree, node("F", "A"))
  add(tree, node("G", "F"))
  tree.leaf = id("F")
  name(tree, "run_X", id("F"))
  expect(siblings(tree, "run_X")).toEqual([id("B"), id("C"), "run_X"])
  expect(tree.leaf).toBe("run_X")
  expect(pathTo(tree, id("G"))).toEqual([id("A"), "run_X", id("G")])
})

test("what is there already stays as it is", () => {
  const tree = sample()
  add(tree, { ...node("E", "B") })
  expect(tree.nodes[id("E")]?.parent).toBe(id("D"))
})
