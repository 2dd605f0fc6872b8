import { describe } from "@omnichat/core/log"
import type { Log } from "@omnichat/core/log"
import type { ProviderFetch } from "@omnichat/core/model/provider"
import type { Clock } from "@omnichat/core/store/clock"
import type { Table } from "@omnichat/core/store/table"
import { readCall } from "./pool-call.ts"

type WatchPorts = { table: Table; clock: Clock; log: Log; fetch: ProviderFetch }

/** In milliseconds. */
const lookEvery = 500
/** A caller that gives no sign for so long is gone. */
const goneAfter = 5000

export type CallWatch = {
  /** Aborted when nobody wants the answer any more. */
  signal: AbortSignal
  leave(): void
  /** Ends the watch; resolves when nothing of it is under way. */
  end(): Promise<void>
}

/** Looks whether whoever called is still there, by this machine's clock alone: a count that stands still. */
export function watchCall({ table, clock, log }: WatchPorts, { callId }: { callId: string }): CallWatch {
  const gone = new AbortController()
  const over = new AbortController()
  const leave = (why: string) => gone.abort(new Error(why))

  async function watch(): Promise<void> {
    let seen: { beat: number; at: number } = { beat: -1, at: clock.now() }
    let wasThere = false
    while (!over.signal.aborted && !gone.signal.aborted) {
      try {
        const call = await readCall(table, callId)
        wasThere ||= call !== undefined
        if (call?.stop) return leave("whoever called has stopped it")
        if (call === undefined && wasThere) return leave("whoever called has ended it")
        if (call !== undefined && call.beat !== seen.beat) seen = { beat: call.beat, at: clock.now() }
      } catch (thrown) {
        // Not known is not gone, until it lasts.
        log.warn("pool-call-unknown", { callId, error: describe(thrown) })
      }
      if (clock.now() - seen.at >= goneAfter) return leave("nothing is heard of whoever called")
      await clock.sleep(lookEvery, over.signal)
    }
  }
  const watching = watch()

  return {
    signal: gone.signal,
    leave: () => leave("whoever called does not read any more"),
    async end() {
      over.abort()
      await watching
    },
  }
}
