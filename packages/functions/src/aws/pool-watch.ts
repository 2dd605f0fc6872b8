import { describe } from "@omnichat/core/log"
import type { Log } from "@omnichat/core/log"
import type { ProviderFetch } from "@omnichat/core/model/provider"
import { within } from "@omnichat/core/pool/agent/within"
import type { Clock } from "@omnichat/core/store/clock"
import type { Table } from "@omnichat/core/store/table"
import { readCall } from "./pool-call.ts"

export type WatchPorts = { table: Table; clock: Clock; log: Log; fetch: ProviderFetch }

/** Nobody wants the answer any more. */
export class CallerLeft extends Error {
  override name = "CallerLeft"
}

export type CallWatch = {
  /** Aborted when nobody wants the answer any more, or nobody gives it. */
  signal: AbortSignal
  /** Something has come from the server. */
  heard(): void
  leave(): void
  /** Ends the watch; resolves when nothing of it is under way. */
  end(): Promise<void>
}

/** How often the caller's item is looked at, and after which time without a sign it is gone. In milliseconds. */
const lookEvery = 500
const goneAfter = 5000
/** How often a silent server is asked whether it is still there, how long that may take, and how often it may fail. */
const probeEvery = 10_000
const probeLimit = 3000
const mostFailures = 2

/** Looks at both sides of a call, by this machine's clock alone. */
export function watchCall(ports: WatchPorts, { callId, address }: { callId: string; address: string }): CallWatch {
  const gone = new AbortController()
  const over = new AbortController()
  const watched = { signal: over.signal, leave: (why: Error) => gone.abort(why), pieces: 0 }
  const watching = [watchCaller(ports, callId, watched), watchServer(ports, address, watched)]
  gone.signal.addEventListener("abort", () => over.abort(), { once: true })
  return {
    signal: gone.signal,
    heard: () => void (watched.pieces += 1),
    leave: () => gone.abort(new CallerLeft("whoever called does not read any more")),
    async end() {
      over.abort()
      await Promise.all(watching)
    },
  }
}

type Watched = { signal: AbortSignal; leave: (why: Error) => void; pieces: number }

/** Whoever called counts up in an item. A count that stands still means that nobody is there. */
async function watchCaller({ table, clock, log }: WatchPorts, callId: string, { signal, leave }: Watched) {
  let seen = { beat: -1, at: clock.now() }
  let wasThere = false
  while (!signal.aborted) {
    try {
      const call = await readCall(table, callId)
      wasThere ||= call !== undefined
      if (call?.stop) return leave(new CallerLeft("whoever called has stopped it"))
      if (call === undefined && wasThere) return leave(new CallerLeft("whoever called has ended it"))
      if (call !== undefined && call.beat !== seen.beat) seen = { beat: call.beat, at: clock.now() }
    } catch (thrown) {
      // Not known is not gone, until it lasts.
      log.warn("pool-call-unknown", { callId, error: describe(thrown) })
    }
    if (clock.now() - seen.at >= goneAfter) return leave(new CallerLeft("nothing is heard of whoever called"))
    await clock.sleep(lookEvery, signal)
  }
}

/** A server that was taken away does not end its connections: it is as silent as one that loads a model. */
async function watchServer({ clock, fetch }: WatchPorts, address: string, watched: Watched): Promise<void> {
  const { signal, leave } = watched
  for (let failures = 0; !signal.aborted;) {
    const before = watched.pieces
    await clock.sleep(probeEvery, signal)
    if (signal.aborted) return
    const isThere = watched.pieces !== before || (await answers({ clock, fetch }, address, signal))
    failures = isThere ? 0 : failures + 1
    if (failures < mostFailures) continue
    return leave(Object.assign(new Error("the server does not answer any more"), { code: "EHOSTDOWN" }))
  }
}

async function answers({ clock, fetch }: Pick<WatchPorts, "clock" | "fetch">, address: string, signal: AbortSignal) {
  try {
    const late = () => new Error("too late")
    await within(clock, { ms: probeLimit, signal, late }, async (signal) => {
      const response = await fetch(`${address}/api/version`, { method: "GET", signal })
      await response.text()
    })
    return true
  } catch {
    return signal.aborted // Why it does not answer is all the same; and a call that is over has no opinion.
  }
}
