import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { parseSync, Visitor } from "rolldown/utils"
import { filesUnder, workspaceRoot } from "./lib/files.mjs"

/**
 * Which tests hold which numbered clause of docs/protocol.md. A test says so in its title, or in that of a `describe`
 * around it: `[A7] …`, `[A7, A8] …`.
 *
 * @typedef {{ path: string, title: string, clauses: string[] }} Holder
 * @typedef {{ clause: string, tests: Holder[], excuse: string | undefined }} Row
 */

/** Clauses that need no test yet, and why. @type {Record<string, string>} */
export const excused = {}

/** What of the page has no number, or is part of a clause that is tested otherwise, and waits too. */
const waiting = ["run.approve: comes with tools"]

/**
 * @param {string} root
 * @returns {{ rows: Row[], missing: string[], unknown: Holder[] }} `missing`: clauses without a test or an excuse;
 *   `unknown`: tests that name a clause the page does not have
 */
export function collectClauses(root) {
  const page = readFileSync(join(root, "docs/protocol.md"), "utf8")
  const clauses = [...page.matchAll(/^- \*\*([A-Z]\d+)\b/gm)].map(([, clause = ""]) => clause)
  const holders = ["packages", "tests"]
    .flatMap((folder) => filesUnder(root, folder))
    .filter((path) => (path.startsWith("tests/") ? /\.ts$/ : /\.test\.tsx?$/).test(path))
    .flatMap((path) => holdersIn(path, readFileSync(join(root, path), "utf8")))
  const rows = clauses.map((clause) => ({
    clause,
    tests: holders.filter((holder) => holder.clauses.includes(clause)),
    excuse: excused[clause],
  }))
  return {
    rows,
    missing: rows.filter((row) => row.tests.length === 0 && row.excuse === undefined).map((row) => row.clause),
    unknown: holders.filter((holder) => holder.clauses.some((clause) => !clauses.includes(clause))),
  }
}

/** The tests and groups of a file that name clauses. @param {string} path @param {string} text @returns {Holder[]} */
export function holdersIn(path, text) {
  /** @type {Holder[]} */
  const holders = []
  const { program } = parseSync(path, text)
  new Visitor({
    CallExpression: (call) => {
      const names = namesOf(call.callee)
      if (!/^(?:test|it|describe)$/.test(names[0] ?? "") || names.includes("skip") || names.includes("todo")) return
      const title = textOf(call.arguments[0])
      const clauses = [...title.matchAll(/\[([A-Z]\d+(?:, ?[A-Z]\d+)*)\]/g)].flatMap(([, tags = ""]) =>
        tags.split(/, ?/),
      )
      if (clauses.length > 0) holders.push({ path, title, clauses })
    },
  }).visit(program)
  return holders
}

/** The names in `test.each(rows)`: `["test", "each"]`. @param {{ type: string }} callee @returns {string[]} */
function namesOf(callee) {
  const node = /** @type {import("rolldown/utils").ESTree.Expression} */ (callee)
  if (node.type === "Identifier") return [node.name]
  if (node.type === "MemberExpression")
    return [...namesOf(node.object), ...(node.property.type === "Identifier" ? [node.property.name] : [])]
  if (node.type === "CallExpression") return namesOf(node.callee)
  return node.type === "TaggedTemplateExpression" ? namesOf(node.tag) : []
}

/** The text of a title; what is computed in it is left out. @param {{ type: string } | undefined} argument */
function textOf(argument) {
  const node = /** @type {import("rolldown/utils").ESTree.Expression | undefined} */ (argument)
  if (node?.type === "Literal") return typeof node.value === "string" ? node.value : ""
  return node?.type === "TemplateLiteral" ? node.quasis.map((part) => part.value.cooked ?? "").join("…") : ""
}

/** The table for people. @param {Row[]} rows */
export function asMarkdown(rows) {
  const lines = rows.map(({ clause, tests, excuse }) => {
    const held = tests.map(({ path, title }) => `${path}: ${title.replaceAll("|", "\\|")}`).join("<br>")
    return `| ${clause} | ${held || (excuse ? `none: ${excuse}` : "**none**")} |`
  })
  return [
    "# Clauses of docs/protocol.md and the tests that hold them",
    "",
    "| clause | tests |",
    "| --- | --- |",
    ...lines,
    "",
    ...waiting.map((each) => `- ${each}`),
    "",
  ].join("\n")
}

/** The table for the terminal: how many tests, and the first of them. @param {Row[]} rows */
export function asText(rows) {
  return rows
    .map(({ clause, tests, excuse }) => {
      const titles = tests.map((test) => test.title).join(" · ") || (excuse ? `excused: ${excuse}` : "NONE")
      return `${clause.padEnd(4)} ${String(tests.length).padStart(3)}  ${titles.slice(0, 140)}`
    })
    .join("\n")
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { rows, missing } = collectClauses(workspaceRoot)
  console.log(asText(rows))
  mkdirSync(join(workspaceRoot, "artifacts"), { recursive: true })
  writeFileSync(join(workspaceRoot, "artifacts/clauses.md"), asMarkdown(rows))
  if (missing.length > 0) process.exitCode = 1
}
