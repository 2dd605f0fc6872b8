import { toJson } from "@omnichat/core/json"
import { OmniError, toOmniError } from "@omnichat/core/protocol/error"
import type { WireError } from "@omnichat/core/protocol/error"
import type { BedrockModel } from "@omnichat/core/provider/bedrock/model"
import type { Clock } from "@omnichat/core/store/clock"
import { keys } from "@omnichat/core/store/keys"
import type { Table } from "@omnichat/core/store/table"

/** What the schedule was told last, or why it was told nothing. */
type Told = { models?: string; error?: WireError }

/** In milliseconds: how often Bedrock is asked, how soon after a first failure, and how long a list that was read is kept. */
const askEvery = 15 * 60_000
const retryAfter = 60_000
const kept = 60_000

/**
 * Has Bedrock say which models there are, as often as the function that it gives is called, but at most every 15 minutes,
 * and writes it down for all functions: those that answer people have no time for it, and no room for its client. A failure
 * is written down too, beside what was known before. A process that is told what is written already writes nothing, for a
 * list is many write units.
 */
export function createModelSharing(
  { table, clock }: { table: Table; clock: Clock },
  list: (signal: AbortSignal) => Promise<BedrockModel[]>,
): () => Promise<void> {
  let askAt = 0
  let pause = retryAfter

  async function ask(): Promise<Told> {
    try {
      return { models: JSON.stringify(await list(AbortSignal.timeout(20_000))) }
    } catch (thrown) {
      return { error: toOmniError(thrown).toWire() }
    }
  }

  return async () => {
    if (clock.now() < askAt) return
    const [told, written] = await Promise.all([ask(), read(table)])
    if (isNews(told, written)) {
      await table.update(keys.bedrockModels(), {
        set: toJson(told),
        ...(told.error === undefined && { remove: ["error"] }),
      })
    }
    const isWell = told.error === undefined
    askAt = clock.now() + (isWell ? askEvery : pause)
    pause = isWell ? retryAfter : Math.min(pause * 2, askEvery)
  }
}

function isNews({ models, error }: Told, written: Told | undefined): boolean {
  if (error !== undefined) return written?.error?.message !== error.message
  return written?.models !== models || written?.error !== undefined
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
  return (await table.get(keys.bedrockModels())) as unknown as Told | undefined
}
