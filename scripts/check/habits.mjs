import { readFileSync } from "node:fs"
import { join } from "node:path"
import { parseSync, Visitor } from "rolldown/utils"
import { filesUnder } from "../lib/files.mjs"
import { lineAt } from "../lib/imports.mjs"

/** @typedef {import("rolldown/utils").ESTree.Expression | import("rolldown/utils").ESTree.Super} Expression */

/** Where core may call the table: the port itself, a module's store, and what is a store by another name. */
const stores = /^packages\/core\/src\/(?:store\/|(?:[^/]+\/)+(?:store|journal|end|purge|registry)\.ts$)/
const tableVerbs = new Set(["get", "put", "update", "delete", "query", "batchGet", "batchWrite", "transact"])

/**
 * Habits that no other tool knows: core asks the table only in its stores, no module is mocked, no file only passes
 * other files on.
 * @param {string} root
 * @returns {string[]} what is wrong, one line each
 */
export function checkHabits(root) {
  /** @type {string[]} */
  const problems = []
  for (const path of ["packages", "tests", "bench"].flatMap((folder) => filesUnder(root, folder))) {
    if (!/\.tsx?$/.test(path)) continue
    const text = readFileSync(join(root, path), "utf8")
    const { program } = parseSync(path, text)
    const mayAsk = !path.startsWith("packages/core/src/") || stores.test(path) || path.endsWith(".test.ts")
    new Visitor({
      CallExpression: (call) => {
        const { object, verb } = calledMember(call.callee)
        const where = `${path}:${lineAt(text, call.start)}`
        if (!mayAsk && nameOf(object) === "table" && tableVerbs.has(verb))
          problems.push(`${where} asks the table; only the module's store.ts does`)
        if (nameOf(object) === "vi" && /^(?:do)?[mM]ock$/.test(verb))
          problems.push(`${where} mocks a module; give the code an adapter that passes the port's contract`)
      },
    }).visit(program)
    const passing = program.body.filter((node) => node.type === "ExportAllDeclaration" || isPassingOn(node))
    if (passing.length > 0 && passing.length === program.body.length)
      problems.push(`${path} only passes other files on; import those`)
  }
  return problems
}

/** @param {Expression} callee @returns {{ object: Expression | undefined, verb: string }} */
function calledMember(callee) {
  if (callee.type !== "MemberExpression" || callee.property.type !== "Identifier")
    return { object: undefined, verb: "" }
  return { object: callee.object, verb: callee.property.name }
}

/** The last name of `a`, `a.b` or `this.#b`. @param {Expression | undefined} expression */
function nameOf(expression) {
  if (expression?.type === "Identifier") return expression.name
  if (expression?.type !== "MemberExpression") return undefined
  const { property } = expression
  return property.type === "Identifier" || property.type === "PrivateIdentifier" ? property.name : undefined
}

/** @param {import("rolldown/utils").ESTree.Statement | import("rolldown/utils").ESTree.Directive} node */
function isPassingOn(node) {
  return node.type === "ExportNamedDeclaration" && node.source !== null
}
