import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { filesUnder, isTest } from "../lib/files.mjs"
import { importsOf } from "../lib/imports.mjs"
import { dependenciesOf, packageOf, resolveImport } from "../lib/resolve.mjs"
import { cyclesOf } from "./cycles.mjs"
import { forTests, layers } from "./layers.mjs"

/** @typedef {import("../lib/imports.mjs").Import} Import */
/** @typedef {import("../lib/resolve.mjs").Target} Target */
/** @typedef {{ root: string, path: string, layer: import("./layers.mjs").Layer, test: boolean }} Place */

/**
 * The boundaries between packages and layers, declared dependencies, and import cycles (type imports count).
 * @param {string} root
 * @returns {string[]} what is wrong, one line each
 */
export function checkImports(root) {
  const files = ["packages", "tests", "bench"]
    .flatMap((folder) => filesUnder(root, folder))
    .filter((path) => /\.(?:ts|tsx|mts)$/.test(path) && !path.endsWith(".d.ts"))
  /** @type {string[]} */
  const problems = []
  /** @type {Map<string, string[]>} */
  const graph = new Map()
  for (const path of files) {
    const layer = layers.find((each) => each.files.test(path))
    if (layer === undefined) {
      problems.push(`${path} belongs to no layer of scripts/check/layers.mjs; say there what it may import`)
      continue
    }
    const place = { root, path, layer, test: isTest(path) }
    const needed = new Set()
    for (const each of importsOf(path, readFileSync(join(root, path), "utf8"))) {
      const target = each.from === undefined ? undefined : resolveImport(root, path, each.from)
      const problem = target === undefined ? "imports what only a run can tell" : judge(place, each, target)
      if (problem !== undefined) problems.push(`${path}:${each.line} ${problem}`)
      if (target?.in === "workspace" && each.kind !== "dynamic") needed.add(target.name)
    }
    graph.set(path, [...needed])
  }
  return [...problems, ...cyclesOf(graph).map((cycle) => `import cycle: ${cycle.join(" → ")}`)]
}

/** @param {Place} place @param {Import} each @param {Target} target @returns {string | undefined} */
function judge(place, each, target) {
  const { layer, test } = place
  switch (target.in) {
    case "nowhere":
      return `imports ${target.name}, which does not exist`
    case "node":
      return layer.node || test ? undefined : `imports ${target.name}: ${layer.name} may not know Node`
    case "npm":
      return judgePackage(place, each, target.name)
    case "workspace":
      return judgeFile(place, each, target.name)
  }
}

/** @param {Place} place @param {Import} each @param {string} name */
function judgePackage({ root, path, layer, test }, each, name) {
  if (test || packageOf(path) === "") {
    const everywhere = ["", ...readdirSync(join(root, "packages")).map((folder) => `packages/${folder}`)]
    const declared = everywhere.map((folder) => dependenciesOf(root, folder))
    if (declared.some(({ needs, needsToDevelop }) => needs.has(name) || needsToDevelop.has(name))) return undefined
    return `imports ${name}, which no package.json declares`
  }
  if (!layer.npm.test(name)) return `imports ${name}: ${layer.name} may not`
  const { needs, needsToDevelop } = dependenciesOf(root, packageOf(path))
  const toDevelop = each.kind === "type" || layer.name === "the web build"
  if (needs.has(name) || (toDevelop && needsToDevelop.has(name))) return undefined
  return `imports ${name}, which ${packageOf(path)}/package.json does not declare`
}

/** @param {Place} place @param {Import} each @param {string} target */
function judgeFile({ path, layer, test }, each, target) {
  const helps = test && forTests.workspace.test(target)
  if (each.from?.startsWith(".") && packageOf(path) !== packageOf(target) && !helps)
    return `imports ${target} by a path out of its package; use the package's name`
  if (helps || layer.may.some((allowed) => allowed.test(target))) {
    return isTest(target) && !test && packageOf(path) !== "" ? `imports ${target}, which is for tests` : undefined
  }
  if (!layer.mayLoad?.some((allowed) => allowed.test(target))) return `imports ${target}: ${layer.name} may not`
  return each.kind === "value" ? `imports ${target} at once: ${layer.name} may load it by import() only` : undefined
}
