import { defineConfig } from "vitest/config"
import { mutation } from "../support/mutation.ts"
import { mutants } from "./mutants.ts"

/** Plays the schedules against one mutant: `MUTANT=told-of-failure vitest run --config tests/pool/mutation.config.ts`. */
export default defineConfig({
  plugins: [mutation(mutants, process.env.MUTANT ?? "")],
  test: { include: ["tests/pool/schedules.test.ts"], pool: "forks", maxWorkers: 1, bail: 1 },
})
