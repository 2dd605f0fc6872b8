import { spawn } from "node:child_process"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { describe, expect, it } from "vitest"
import { mutants } from "./mutants.ts"

const root = fileURLToPath(new URL("../..", import.meta.url))
const vitest = join(dirname(createRequire(import.meta.url).resolve("vitest/package.json")), "vitest.mjs")

describe("the pool under every schedule turns red", () => {
  for (const [name, { rule, noticed }] of Object.entries(mutants)) {
    it(`without the rule ${rule}`, async () => {
      const { code, output } = await play(name, noticed)
      expect(output).toContain("Property failed after")
      expect(code).toBe(1)
    }, 300_000)
  }
})

function play(mutant: string, test: string): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, [vitest, "run", "--config", "tests/pool/mutation.config.ts", "-t", test], {
    cwd: root,
    env: { ...process.env, MUTANT: mutant, SCHEDULES: "6", NO_COLOR: "1" },
    stdio: ["ignore", "pipe", "pipe"],
  })
  let output = ""
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8")
    stream.on("data", (text: string) => (output += text))
  }
  return new Promise((resolve, reject) => {
    child.on("error", reject)
    child.on("close", (code) => resolve({ code, output }))
  })
}
