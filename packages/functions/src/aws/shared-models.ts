import { toJson } from "@omnichat/core/json"
import { OmniError, toOmniError } from "@omnichat/core/protocol/error"
import type { WireError } from "@omnichat/core/protocol/error"
import type { BedrockModel } from "@omnichat/core/provider/bedrock/model"
import type { Clock } from "@omnichat/core/store/clock"
import { keys } from "@omnichat/core/store/keys"
import type { Table } from "@omnichat/core/store/table"

/** What the schedule was told, or why it was told nothing; `at` is epoch milliseconds. */
type Told = { at: number; models?: string; error?: WireError }

/** How old a list may be before it is asked for again, and how long one that was read is kept, in milliseconds. */
const listAge = 15 * 60_000
const kept = 60_000

/**
 * Has Bedrock say which models there are, if it was not asked for a while, and writes it down for all functions: those
 * that answer people have no time for it, and no room for its client. A failure is written down too, beside what was
 * known before.
 */
export async function shareModels(
  { table, clock }: { table: Table; clock: Clock },
  list: (signal: AbortSignal) => Promise<BedrockModel[]>,
): Promise<void> {
  const told = await read(table)
  const now = clock.now()
  if (told !== undefined && told.error === undefined && now - told.at < listAge) return
  const change: Told = { at: now }
  try {
    change.models = JSON.stringify(await list(AbortSignal.timeout(20_000)))
  } catch (thrown) {
    change.error = toOmniError(thrown).toWire()
  }
  const isGood = change.error === undefined
  await table.update(keys.bedrockModels(), { set: toJson(change), ...(isGood && { remove: ["error"] }) })
}

/** The list as the schedule wrote it down. Throws OmniError saying why there is none. */
export function sharedModels(table: Table, clock: Clock): () => Promise<readonly BedrockModel[]> {
  let known: { until: number; models: readonly BedrockModel[] } | undefined
  return async () => {
    if (known !== undefined && clock.now() < known.until) return known.models
    const told = await read(table)
    if (told?.models === undefined) throw why(told)
    known = { until: clock.now() + kept, models: JSON.parse(told.models) as BedrockModel[] }
    return known.models
  }
}

function why(told: Told | undefined): OmniError {
  if (told?.error === undefined) {
    return new OmniError("model_unavailable", "Which models Bedrock has is being asked. Try again in a minute.")
  }
  const { code, message, retryable } = told.error
  return new OmniError(code, message, { retryable })
}

async function read(table: Table): Promise<Told | undefined> {
  return (await table.get(keys.bedrockModels(), { consistent: true })) as unknown as Told | undefined
}
