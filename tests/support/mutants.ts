import { spawn } from "node:child_process"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"
import { describe, expect, it } from "vitest"
import { workspaceRoot } from "../../scripts/lib/files.mjs"
import type { Mutant } from "./mutation.ts"

/** A test for each mutant: that it turns the property red which `config` runs, with the mutant's name in MUTANT. */
export function expectRed(
  what: string,
  mutants: Record<string, Mutant>,
  { config, env = {} }: { config: string; env?: Record<string, string> },
): void {
  describe(what, () => {
    for (const [name, { rule, noticed }] of Object.entries(mutants)) {
      it(`without rule ${rule}`, async () => {
        const { code, output } = await play(config, noticed, { ...env, MUTANT: name })
        expect(output).toContain("Property failed after")
        expect(code).toBe(1)
      }, 300_000)
    }
  })
}

const vitest = join(dirname(createRequire(import.meta.url).resolve("vitest/package.json")), "vitest.mjs")

function play(
  config: string,
  test: string,
  env: Record<string, string>,
): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, [vitest, "run", "--config", config, "-t", test], {
    cwd: workspaceRoot,
    env: { ...process.env, ...env, NO_COLOR: "1" },
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
