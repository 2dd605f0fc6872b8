import { describe, expect, test } from "vitest"
import { checkFormat } from "../../scripts/check/format.mjs"
import { checkHabits } from "../../scripts/check/habits.mjs"
import { checkLengths } from "../../scripts/check/lengths.mjs"
import { checkTypes } from "../../scripts/check/types.mjs"
import { capture } from "../../scripts/lib/run.mjs"
import { tree } from "./tree.ts"

describe("types", () => {
  test("a clean tree passes", async () => {
    expect(await checkTypes(tree({ "packages/core/src/a.ts": "export const a = 1\n" }))).toEqual([])
  })

  test.each([
    ["a wrong type", "export const a: number = 'one'", "TS2322"],
    ["Node in core", "export const a = Buffer.from('x')", "TS2591"],
    ["an index that may be missing", "export const a = (b: string[]): string => b[0]", "TS2322"],
    ["undefined for an optional key", "export const a: { b?: string } = { b: undefined }", "TS2375"],
    ["an enum, which does not erase", "export enum A {\n  b,\n}", "TS1294"],
  ])("%s is refused", async (_, text, code) => {
    const problems = await checkTypes(tree({ "packages/core/src/a.ts": `${text}\n` }))
    expect(problems[0]).toContain("packages/core/src/a.ts(1,")
    expect(problems[0]).toContain(code)
    expect(problems.filter((line) => line.includes("error TS"))).toHaveLength(1)
  })

  test("a package without a tsconfig.json is refused", async () => {
    const problems = await checkTypes(tree({ "packages/core/src/a.ts": "", "packages/other/src/a.ts": "" }))
    expect(problems).toEqual(["packages/other has TypeScript and no tsconfig.json"])
  })
})

describe("format", () => {
  test("a tidy tree passes", async () => {
    expect(await checkFormat(tree({ "packages/core/src/a.ts": 'export const a = "b"\n' }))).toEqual([])
  })

  test.each([
    ["a semicolon", 'export const a = "b";\n'],
    ["single quotes", "export const a = 'b'\n"],
    ["a line of more than 120 characters", `export const a = [${"123456789, ".repeat(11)}1]\n`],
    ["no line end at the end", 'export const a = "b"'],
  ])("%s is refused", async (_, text) => {
    expect(await checkFormat(tree({ "packages/core/src/a.ts": text }))).toEqual(["packages/core/src/a.ts"])
  })
})

describe("lengths", () => {
  const lines = (count: number): string => "x\n".repeat(count)

  test("files as long as they may be pass", () => {
    const files = {
      "packages/core/src/a.ts": lines(400),
      "packages/web/src/a.tsx": lines(250),
      "packages/core/src/a.test.ts": lines(500),
      "tests/support/a.ts": lines(500),
    }
    expect(checkLengths(tree(files))).toEqual([])
  })

  test.each([
    ["packages/core/src/a.ts", 401, "has 401 lines; a source has at most 400"],
    ["packages/web/src/a.tsx", 251, "has 251 lines; a screen has at most 250"],
    ["packages/core/src/a.test.ts", 501, "has 501 lines; a test has at most 500"],
    ["tests/e2e/a.test.ts", 501, "has 501 lines; a test has at most 500"],
    ["scripts/a.mjs", 401, "has 401 lines; a source has at most 400"],
  ])("%s of %i lines is refused", (path, count, problem) => {
    expect(checkLengths(tree({ [path]: lines(count) }))).toEqual([`${path} ${problem}`])
  })
})

describe("habits", () => {
  test("the table is asked in stores, and elsewhere nothing looks like it", () => {
    const files = {
      "packages/core/src/chat/store.ts": "export const a = (ports: any) => ports.table.get(1)\n",
      "packages/core/src/chat/chats.ts": "export const a = (ports: any) => new Map().get(ports.table)\n",
      "packages/local/src/a.ts": "export const a = (table: any) => table.get(1)\n",
    }
    expect(checkHabits(tree(files))).toEqual([])
  })

  test.each([
    ["packages/core/src/chat/chats.ts", "export const a = (ports: any) => ports.table.get(1)", ":1 asks the table"],
    ["packages/core/src/chat/chats.ts", "export const a = (table: any) => table.transact([])", ":1 asks the table"],
    ["packages/core/src/a.test.ts", 'vi.mock("./b.ts")', ":1 mocks a module"],
    ["tests/a.test.ts", 'vi.doMock("./b.ts")', ":1 mocks a module"],
    ["packages/core/src/index.ts", 'export * from "./a.ts"\nexport { b } from "./b.ts"', " only passes other files on"],
  ])("%s: %s is refused", (path, text, problem) => {
    expect(checkHabits(tree({ [path]: `${text}\n` }))).toEqual([expect.stringContaining(path + problem)])
  })
})

describe("npm run check", () => {
  const check = (...args: string[]) => capture(process.execPath, ["scripts/check.mjs", ...args])

  test("ends with 0 when nothing is wrong", async () => {
    const { code, output } = await check("--root", tree({ "packages/core/src/a.ts": "export const a = 1\n" }))
    expect(output.match(/^✓ \w+/gm)).toEqual(["✓ types", "✓ lint", "✓ imports", "✓ habits", "✓ lengths", "✓ format"])
    expect(code).toBe(0)
  })

  test("ends with 1 and says what and where when one check fails", async () => {
    const root = tree({ "packages/core/src/a.ts": 'import "node:fs"\n' })
    const { code, output } = await check("--root", root, "imports", "lengths")
    expect(output).toMatch(/✗ imports .*\n {2}packages\/core\/src\/a\.ts:1 imports node:fs/)
    expect(output).toContain("✓ lengths")
    expect(code).toBe(1)
  })

  test("ends with 2 when it is asked for a check that there is not", async () => {
    const { code, output } = await check("spelling")
    expect(output).toContain("There is no check called spelling; there are types, lint")
    expect(code).toBe(2)
  })
})
