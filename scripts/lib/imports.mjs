import { parseSync, Visitor } from "rolldown/utils"

/**
 * @typedef {object} Import
 * @property {string | undefined} from what stands in the quotes; undefined when it is computed
 * @property {"value" | "type" | "dynamic"} kind
 * @property {number} line
 */

/**
 * Everything a TypeScript source imports or passes on, types included.
 * @param {string} path
 * @param {string} text
 * @returns {Import[]}
 * @throws when the source cannot be parsed
 */
export function importsOf(path, text) {
  const { program, errors } = parseSync(path, text)
  const first = errors[0]
  if (first !== undefined) throw new Error(`${path} cannot be parsed: ${first.message}`)
  /** @type {Import[]} */
  const found = []
  /** @param {{ start: number }} node @param {string | undefined} from @param {Import["kind"]} kind */
  const add = (node, from, kind) => found.push({ from, kind, line: lineAt(text, node.start) })
  new Visitor({
    ImportDeclaration: (node) => add(node, node.source.value, isTypeOnly(node) ? "type" : "value"),
    ExportNamedDeclaration: (node) => {
      if (node.source) add(node, node.source.value, node.exportKind === "type" ? "type" : "value")
    },
    ExportAllDeclaration: (node) => add(node, node.source.value, node.exportKind === "type" ? "type" : "value"),
    ImportExpression: (node) => add(node, literal(node.source), "dynamic"),
    TSImportType: (node) => add(node, literal(node.source), "type"),
    CallExpression: (node) => {
      if (node.callee.type === "Identifier" && node.callee.name === "require")
        add(node, literal(node.arguments[0]), "value")
    },
  }).visit(program)
  return found
}

/** @param {import("rolldown/utils").ESTree.ImportDeclaration} node */
function isTypeOnly(node) {
  if (node.importKind === "type") return true
  const names = node.specifiers
  return names.length > 0 && names.every((name) => name.type === "ImportSpecifier" && name.importKind === "type")
}

/** @param {{ type: string, value?: unknown } | undefined} node @returns {string | undefined} */
function literal(node) {
  return node?.type === "Literal" && typeof node.value === "string" ? node.value : undefined
}

/** @param {string} text @param {number} offset */
export function lineAt(text, offset) {
  let line = 1
  for (let at = text.indexOf("\n"); at !== -1 && at < offset; at = text.indexOf("\n", at + 1)) line++
  return line
}
