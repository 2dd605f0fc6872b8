import { expect, test } from "vitest"
import { checkLint } from "../../scripts/check/lint.mjs"
import { tree } from "./tree.ts"

/** What each rule has to refuse, as a file of core. */
const violations: Record<string, string> = {
  "typescript(no-floating-promises)": "const later = async () => 1\nlater()\n",
  "typescript(no-misused-promises)":
    "const later = async () => true\nif (later()) globalThis.dispatchEvent(new Event('x'))\n",
  "typescript(no-explicit-any)": "export const a = (b: any): unknown => b\n",
  "typescript(no-non-null-assertion)": "export const a = (b: string | undefined) => b!\n",
  "typescript(no-namespace)": "export namespace A {\n  export type B = 1\n}\n",
  "typescript(consistent-type-imports)": 'import { A } from "./fine.ts"\nexport type B = A\n',
  "typescript(only-throw-error)": "export const a = () => {\n  throw 'no'\n}\n",
  "typescript(await-thenable)": "export const a = async () => {\n  await 1\n}\n",
  "eslint(no-unused-vars)": "const a = 1\nexport const b = 2\n",
  "eslint(no-empty)": "try {\n  globalThis.stop()\n} catch {}\nexport {}\n",
  "eslint(no-console)": 'console.log("hello")\nexport {}\n',
  "eslint(no-restricted-globals)": "export const a: unknown = process\n",
  "eslint(eqeqeq)": "export const a = (b: unknown) => b == 1\n",
  "unicorn(filename-case)": "export const a = 1\n",
}
const nameOf = (rule: string): string =>
  `packages/core/src/${rule === "unicorn(filename-case)" ? "CamelCase" : rule.replace(/\W+/g, "-").replace(/-$/, "")}.ts`

test("every rule fires, as an error, and a clean file passes", async () => {
  const files = Object.fromEntries(Object.entries(violations).map(([rule, text]) => [nameOf(rule), text]))
  const problems = await checkLint(tree({ ...files, "packages/core/src/fine.ts": "export type A = 1\n" }))
  for (const rule of Object.keys(violations)) {
    const own = problems.filter((problem) => problem.startsWith(`${nameOf(rule)}:`))
    expect(own, `${rule} in\n${problems.join("\n")}`).toContainEqual(expect.stringContaining(`[Error/${rule}]`))
  }
  expect(problems.filter((problem) => problem.includes("fine.ts"))).toEqual([])
})

test("a clean tree passes", async () => {
  expect(await checkLint(tree({ "packages/core/src/fine.ts": "export const a = 1\n" }))).toEqual([])
})

test("tests that are skipped or alone, and excuses that excuse nothing, are refused", async () => {
  const problems = await checkLint(
    tree({
      "packages/core/src/a.test.ts":
        'import { expect, test } from "vitest"\ntest.skip("later", () => expect(1).toBe(1))\ntest.only("me", () => expect(1).toBe(1))\n',
      "packages/core/src/b.ts": "// oxlint-disable-next-line no-console\nexport const b = 1\n",
    }),
  )
  expect(problems.join("\n")).toContain("no-disabled-tests")
  expect(problems.join("\n")).toContain("no-focused-tests")
  expect(problems.join("\n")).toContain("Unused oxlint-disable directive")
})

test("a test may assert that something is there", async () => {
  const text = 'import { expect, test } from "vitest"\ntest("a", () => expect([1][0]!).toBe(1))\n'
  expect(await checkLint(tree({ "packages/core/src/a.test.ts": text }))).toEqual([])
})
