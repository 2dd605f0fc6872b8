/**
 * One cycle for each knot of files that import each other; empty when there is none.
 * @param {Map<string, string[]>} graph
 * @returns {string[][]} each a path that ends where it begins
 */
export function cyclesOf(graph) {
  return knotsOf(graph).map((knot) => shortestCycle(graph, knot))
}

/** Tarjan's strongly connected components, those that hold a cycle. @param {Map<string, string[]>} graph */
function knotsOf(graph) {
  /** @type {Map<string, { index: number, low: number, waiting: boolean }>} */
  const seen = new Map()
  /** @type {string[]} */
  const stack = []
  /** @type {Set<string>[]} */
  const knots = []
  for (const node of graph.keys()) if (!seen.has(node)) visit(node)
  return knots

  /** @param {string} node */
  function visit(node) {
    const own = { index: seen.size, low: seen.size, waiting: true }
    seen.set(node, own)
    stack.push(node)
    for (const next of graph.get(node) ?? []) {
      const other = seen.get(next) ?? visit(next)
      if (other.waiting) own.low = Math.min(own.low, other.low)
    }
    if (own.low !== own.index) return own
    const knot = new Set(stack.splice(stack.indexOf(node)))
    for (const member of knot) {
      const mark = seen.get(member)
      if (mark) mark.waiting = false
    }
    if (knot.size > 1 || graph.get(node)?.includes(node)) knots.push(knot)
    return own
  }
}

/** @param {Map<string, string[]>} graph @param {Set<string>} knot */
function shortestCycle(graph, knot) {
  const [start = ""] = knot
  let paths = [[start]]
  for (const reached = new Set(); paths.length > 0;) {
    /** @type {string[][]} */
    const longer = []
    for (const path of paths) {
      for (const next of graph.get(path.at(-1) ?? "") ?? []) {
        if (next === start) return [...path, start]
        if (!knot.has(next) || reached.has(next)) continue
        reached.add(next)
        longer.push([...path, next])
      }
    }
    paths = longer
  }
  throw new Error(`no way leads back to ${start}`)
}
