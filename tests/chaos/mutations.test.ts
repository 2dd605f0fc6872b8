import { expectRed } from "../support/mutants.ts"
import { mutants } from "./mutants.ts"

expectRed("the model of the run engine turns red", mutants, { config: "tests/chaos/mutation.config.ts" })
