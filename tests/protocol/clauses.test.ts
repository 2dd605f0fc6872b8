import { expect, test } from "vitest"
import { collectClauses, holdersIn } from "../../scripts/clauses.mjs"
import { workspaceRoot } from "../../scripts/lib/files.mjs"

const { rows, missing, unknown } = collectClauses(workspaceRoot)

test("the page has its clauses", () => {
  const kinds = new Set(rows.map((row) => row.clause.charAt(0)))
  expect([...kinds]).toEqual(["C", "A", "F", "E", "G", "H"])
  expect(new Set(rows.map((row) => row.clause)).size).toBe(rows.length)
  expect(rows.map((row) => row.clause)).toEqual(expect.arrayContaining(["C1", "C7", "A15", "F4", "E5", "G6", "H8"]))
})

test("every clause has a test", () => {
  expect(missing).toEqual([])
})

test("no test names a clause that the page does not have", () => {
  expect(unknown).toEqual([])
})

test("titles are found wherever they stand, but not those of tests that do not run", () => {
  const text = `
    describe("[C1] a", () => { it(\`[A7, A8] b \${c}\`, () => {}) })
    test.each([1])("[G1] d %i", () => {})
    describe.each\`x\`("[H4]", () => {})
    test.skip("[E1] e", () => {})
    test.todo("[E2] f")
    expect("[E3] g").toBe(1)
    // test("[E4] h")
  `
  expect(
    holdersIn("a.test.ts", text)
      .flatMap((holder) => holder.clauses)
      .toSorted(),
  ).toEqual(["A7", "A8", "C1", "G1", "H4"])
})
