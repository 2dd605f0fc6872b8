import type { Remembered } from "@omnichat/core/model/catalogue"
import type { Key, Table } from "@omnichat/core/store/table"

const key: Key = { pk: "MACHINE", sk: "MODELS" }

/** Which models were last seen where, kept for the next start: a silent server's models can still be named. */
export function rememberModels(table: Table): {
  load(): Promise<Remembered>
  save(remembered: Remembered): Promise<void>
} {
  return {
    async load() {
      const text = (await table.get(key, { consistent: true }))?.["models"]
      return typeof text === "string" ? (JSON.parse(text) as Remembered) : {}
    },
    save: (remembered) => table.put({ ...key, models: JSON.stringify(remembered) }),
  }
}
