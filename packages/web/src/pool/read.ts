import type { ClientOptions } from "@omnichat/client/client"
import { realClock } from "@omnichat/client/clock"
import { Requests } from "@omnichat/client/request"
import { amount, count, list, object, only, text } from "@omnichat/client/shape"
import type { Guard } from "@omnichat/client/shape"
import type { PoolView } from "@omnichat/core/protocol/pool"

export type PoolReadOptions = { baseUrl: string; fetch: typeof fetch; token?: NonNullable<ClientOptions["token"]> }

const model = object({ name: text }, { bytes: amount, gpuBytes: amount, contextLength: amount })
const server = object(
  {
    id: text,
    address: text,
    state: only("up", "starting", "draining", "resting", "lost"),
    models: list(model),
    answers: object({ now: count }, { most: count }),
  },
  {
    note: text,
    loading: object({ model: text }, { progress: amount }),
    gpu: object({}, { name: text, use: amount, memoryBytes: amount, memoryUsedBytes: amount }),
    dollarsPerHour: amount,
  },
)
const waiting = object(
  { position: count, model: text, since: text, reason: only("position", "loading", "starting") },
  { etaMs: amount },
)
const scale = object(
  { running: count, most: count },
  { starting: object({ since: text, etaMs: amount }), failed: object({ at: text, message: text }) },
)
const poolView: Guard<PoolView> = object(
  { at: text, servers: list(server), waiting: list(waiting) },
  { scale, dollarsPerHour: amount },
) as Guard<PoolView>

/**
 * How the pool's servers are doing now. Rejects with ClientError: `not_found` where there is no pool, `forbidden` for
 * who does not run the service.
 */
export function readPool({ baseUrl, fetch, token }: PoolReadOptions): Promise<PoolView> {
  const requests = new Requests({
    baseUrl,
    fetch,
    clock: realClock,
    token: async (refused) => {
      const given = await token?.(refused)
      return typeof given === "string" ? { text: given } : given
    },
  })
  // Somebody looks at it every other second: an answer that takes longer than this tells of another time.
  return requests.json("/api/pool", poolView, { within: 10_000 })
}
