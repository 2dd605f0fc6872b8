import { describe } from "../log.ts"
import type { Log } from "../log.ts"
import { MustWait } from "../model/provider.ts"
import type { Asker, ModelEvent, ModelProvider, ModelRequest } from "../model/provider.ts"
import type { ServedProvider } from "../model/source.ts"
import { OmniError } from "../protocol/error.ts"
import { newId } from "../protocol/id.ts"
import { fullName } from "../provider/ollama/name.ts"
import type { Clock } from "../store/clock.ts"
import type { Ending, Place } from "./places.ts"
import type { Pool } from "./pool.ts"

export type PooledOptions = {
  pool: Pool
  /** The provider of the server at an address; the same object each time. */
  at: (address: string) => ModelProvider
  /** Which models there are, as ServedProvider has them. */
  catalogue: Pick<ServedProvider, "servers" | "list">
  clock: Clock
  log: Log
}

/** How many servers are tried for one question. */
const mostTries = 3

/**
 * The servers of the pool as one provider: each question goes where its model is or will be soonest. What fails before
 * the first event is asked elsewhere; after it never, for the reader has seen words.
 */
export function pooledProvider({ pool, at, catalogue, clock, log }: PooledOptions): ServedProvider {
  /** A place for the asker. Throws MustWait to a run, which is called again; anybody else waits here. */
  async function admit(request: ModelRequest, model: string, avoid: ReadonlySet<string>, signal: AbortSignal) {
    const asker: Asker = request.asker ?? { runId: newId("run", clock.now()), turn: -1, userId: "" }
    for (;;) {
      const place = await pool.admit(asker, model, avoid)
      if (place !== undefined) return place
      if (request.asker !== undefined) throw new MustWait()
      await pool.changed(1000)
      if (!signal.aborted) continue
      await pool.leave(asker.runId)
      throw signal.reason
    }
  }

  async function* stream(request: ModelRequest, signal: AbortSignal): AsyncGenerator<ModelEvent, void, undefined> {
    const model = fullName(request.model)
    const avoid = new Set<string>()
    let failure: unknown
    for (let tries = 0; tries < mostTries; tries++) {
      let place: Place
      try {
        place = await admit(request, model, avoid, signal)
      } catch (thrown) {
        // What the servers said is more than that there is no other.
        throw failure !== undefined && !(thrown instanceof MustWait) ? failure : thrown
      }
      const answer = new PlacedAnswer(pool, place, signal)
      try {
        // Every chunk of every answer comes through here: no further layer.
        for await (const event of at(place.address).stream(request, answer.signal)) {
          answer.begun = true
          yield event
        }
        answer.ending = "answered"
        return
      } catch (thrown) {
        if (isUnreached(thrown) && !answer.begun) answer.ending = "unreached"
        if (signal.aborted || answer.begun || !(answer.recalled || isPassing(thrown))) throw thrown
        log.info("asked-elsewhere", { run: place.runId, node: place.nodeId, error: describe(thrown) })
        avoid.add(place.nodeId)
        failure = answer.recalled ? undefined : thrown
      } finally {
        await answer.end()
      }
    }
    throw failure
  }

  return { id: "ollama", ...catalogue, stream }
}

/** One answer on the place it has, which is kept as long as it is read, and given back. */
class PlacedAnswer {
  readonly signal: AbortSignal
  /** Something was said. */
  begun = false
  /** The server was given up before anything was said. */
  recalled = false
  ending: Ending = "unknown"
  readonly #pool: Pool
  readonly #place: Place
  readonly #over = new AbortController()

  constructor(pool: Pool, place: Place, asked: AbortSignal) {
    this.#pool = pool
    this.#place = place
    const leave = new AbortController()
    this.signal = AbortSignal.any([asked, leave.signal])
    const recall = () => {
      if (this.begun) return
      this.recalled = true
      leave.abort(new Error("the server is being given up"))
    }
    void pool.places.keep(place, recall, this.#over.signal)
  }

  async end(): Promise<void> {
    this.#over.abort()
    await this.#pool.places.end(this.#place, this.ending)
  }
}

/** Whether another server may do better. */
const isPassing = (thrown: unknown): boolean =>
  thrown instanceof OmniError &&
  thrown.retryable &&
  (thrown.code === "model_unavailable" || thrown.code === "upstream_failed")

/** Whether nobody was reached: what counts against a server. */
const isUnreached = (thrown: unknown): boolean =>
  thrown instanceof OmniError && thrown.code === "model_unavailable" && thrown.cause !== undefined
