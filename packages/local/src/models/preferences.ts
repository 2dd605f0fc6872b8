import type { Key, Table } from "@omnichat/core/store/table"
import * as v from "valibot"

/** What the owner has set in the app; what the environment decides is not in it. */
const preferences = v.object({
  ollamaUrls: v.exactOptional(v.array(v.string())),
  openaiBaseUrl: v.exactOptional(v.string()),
  openaiApiKey: v.exactOptional(v.string()),
  defaultModel: v.exactOptional(v.string()),
  demo: v.exactOptional(v.boolean()),
})
export type Preferences = v.InferOutput<typeof preferences>

const key: Key = { pk: "MACHINE", sk: "PREFERENCES" }

export const asPreferences = (input: object): Preferences => v.parse(preferences, input)

export async function readPreferences(table: Table): Promise<Preferences> {
  return asPreferences((await table.get(key, { consistent: true })) ?? {})
}

export async function writePreferences(table: Table, changed: Preferences): Promise<void> {
  await table.put({ ...key, ...changed })
}
