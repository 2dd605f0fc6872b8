import * as v from "valibot"
import type { ProviderResponse } from "../../model/provider.ts"
import { OmniError } from "../../protocol/error.ts"
import { parseObject } from "../../provider/answer.ts"
import { Lines, decodeLine } from "../../provider/lines.ts"
import type { Server } from "../../provider/server.ts"
import type { Clock } from "../../store/clock.ts"
import { pullLine } from "./wire.ts"

/** Of all layers that were told of so far. */
export type PullProgress = { bytes: number; total: number }

type PullOptions = {
  clock: Clock
  signal: AbortSignal
  /** The longest silence, milliseconds. */
  silence: number
  told: (progress: PullProgress) => void
}

/** Follows a download to its end. Throws OmniError when it fails, falls silent, or ends without having succeeded. */
export async function readPull(
  server: Server,
  open: (signal: AbortSignal) => Promise<ProviderResponse>,
  { clock, signal, silence, told }: PullOptions,
): Promise<void> {
  const over = new AbortController()
  const done = new AbortController()
  const stop = () => over.abort(signal.reason)
  if (signal.aborted) stop()
  else signal.addEventListener("abort", stop, { once: true })
  let heard = 0
  const watch = async () => {
    while (!done.signal.aborted) {
      const before = heard
      await clock.sleep(silence, done.signal)
      if (!done.signal.aborted && heard === before) over.abort(tooQuiet(server, silence))
    }
  }
  void watch()
  const layers = new Map<string, PullProgress>()
  try {
    const { body } = await open(over.signal)
    for await (const line of linesOf(body ?? [])) {
      heard += 1
      if (line === "") continue
      const parsed = v.safeParse(pullLine, parseObject(server, line))
      if (!parsed.success) throw server.unreadable(line)
      const { status, digest, total, completed, error } = parsed.output
      if (error != null) throw server.reported(error)
      if (status === "success") return
      if (digest == null || total == null) continue
      layers.set(digest, { bytes: completed ?? 0, total })
      told([...layers.values()].reduce((a, b) => ({ bytes: a.bytes + b.bytes, total: a.total + b.total })))
    }
  } catch (thrown) {
    if (over.signal.aborted) throw over.signal.reason
    throw thrown instanceof OmniError ? thrown : server.brokeOff(thrown)
  } finally {
    done.abort()
    signal.removeEventListener("abort", stop)
  }
  throw server.brokeOff(undefined)
}

async function* linesOf(body: AsyncIterable<Uint8Array> | Uint8Array[]): AsyncGenerator<string, void, undefined> {
  const lines = new Lines()
  for await (const bytes of body) for (const line of lines.push(bytes)) yield decodeLine(line)
  const last = lines.end()
  if (last !== undefined) yield decodeLine(last)
}

const tooQuiet = (server: Server, silence: number): OmniError =>
  new OmniError(
    "upstream_failed",
    `${server.name} said nothing of its download for ${Math.round(silence / 60_000)} min.`,
  )
