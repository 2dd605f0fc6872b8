import { defineConfig } from "vitest/config"
import { mutation } from "../support/mutation.ts"
import { mutants } from "./mutants.ts"

/** Plays the model of the run engine against one mutant: `MUTANT=fence vitest run --config tests/chaos/mutation.config.ts`. */
export default defineConfig({
  plugins: [mutation(mutants, process.env.MUTANT ?? "")],
  test: { include: ["tests/chaos/run-model.test.ts"], pool: "forks", maxWorkers: 1, bail: 1 },
})
