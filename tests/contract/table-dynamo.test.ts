import { describe } from "vitest"
import { type EngineName, engineFolder, startEngine } from "../support/dynamo-engine.ts"
import { describeTable } from "./table.ts"

const engines: EngineName[] = ["extenddb", "dynoxide"]

for (const name of engines) {
  describe.skipIf(engineFolder(name) === undefined)("DynamoDB", () => {
    describeTable(`Table on ${name}`, async ({ now }) => {
      const engine = await startEngine(name)
      return { table: engine.open(now), close: engine.close }
    })
  })
}
