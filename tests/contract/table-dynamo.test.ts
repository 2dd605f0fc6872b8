import { describe } from "vitest"
import { type EngineName, engineFolder, startEngine } from "../support/dynamo-engine.ts"
import type { Defect } from "./table-scene.ts"
import { describeTable } from "./table.ts"

const engines: [name: EngineName, defects: Defect[]][] = [
  ["extenddb", []],
  ["dynoxide", ["prefix-case"]],
]

for (const [name, defects] of engines) {
  describe.skipIf(engineFolder(name) === undefined)("DynamoDB", () => {
    describeTable(
      `Table on ${name}`,
      async ({ now }) => {
        const engine = await startEngine(name)
        return { table: engine.open(now), close: engine.close }
      },
      defects,
    )
  })
}
