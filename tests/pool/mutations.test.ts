import { expectRed } from "../support/mutants.ts"
import { mutants } from "./mutants.ts"

expectRed("the pool under every schedule turns red", mutants, {
  config: "tests/pool/mutation.config.ts",
  env: { SCHEDULES: "6" },
})
