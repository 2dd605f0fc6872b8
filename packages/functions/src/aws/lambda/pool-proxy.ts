import { once } from "node:events"
import { finished } from "node:stream/promises"
import { describe } from "@omnichat/core/log"
import type { ProviderFetch } from "@omnichat/core/model/provider"
import * as v from "valibot"
import { untilSettled } from "../background.ts"
import { isPoolAddress } from "../pool-address.ts"
import type { Network } from "../pool-address.ts"
import { proxyCall } from "../pool-wire.ts"
import type { Prelude } from "../pool-wire.ts"
import { CallerLeft, watchCall } from "../pool-watch.ts"
import type { WatchPorts } from "../pool-watch.ts"
import type { ResponseStream } from "./streaming.ts"

export type PoolProxyOptions = WatchPorts & {
  /** Where the pool's servers are. Nothing else is called, whoever asks. */
  network: Network
  port: number
}

type Call = v.InferOutput<typeof proxyCall>

/** What of a server's headers is of use to who called. */
const passedOn = ["content-type", "retry-after", "location"]

/**
 * Calls a server of the pool for somebody outside of its network, and gives the answer as it comes. One that breaks off
 * just ends, and whoever reads misses its end mark: a function that fails would be counted as a fault of ours.
 */
export function createPoolProxy(options: PoolProxyOptions): (event: unknown, stream: ResponseStream) => Promise<void> {
  return (event, stream) =>
    untilSettled({ settled: () => Promise.resolve() }, async () => {
      const call = v.safeParse(proxyCall, event)
      if (!call.success) return refuse(options, stream, "this is no call of a pool's server")
      const { address } = call.output
      if (!isPoolAddress(address, options)) return refuse(options, stream, `${address} is no server of the pool`)
      await pass(options, call.output, stream)
    })
}

async function pass({ fetch, ...ports }: PoolProxyOptions, call: Call, stream: ResponseStream): Promise<void> {
  const watch = watchCall({ fetch, ...ports }, call)
  stream.once("close", watch.leave)
  stream.on("error", watch.leave)
  let told = false
  try {
    const response = await ask(fetch, call, watch.signal)
    const headers = Object.fromEntries(passedOn.flatMap((name) => pairOf(name, response.headers.get(name))))
    stream.write(line({ status: response.status, headers }))
    told = true
    for await (const piece of response.body ?? []) {
      watch.heard()
      if (!stream.write(piece)) await once(stream, "drain", { signal: watch.signal })
    }
  } catch (thrown) {
    const why: unknown = watch.signal.aborted ? watch.signal.reason : thrown
    const level = why instanceof CallerLeft ? "info" : "warn"
    ports.log[level]("pool-call-broke-off", { callId: call.callId, address: call.address, error: describe(why) })
    if (!told) stream.write(line({ error: { code: codeOf(why), message: describe(why) } }))
  } finally {
    await watch.end()
    await close(stream)
  }
}

/** Lambda waits for the function, and not for what it wrote last. */
async function close(stream: ResponseStream): Promise<void> {
  stream.end()
  // It fails only when nobody takes it, and then nobody minds.
  await finished(stream).catch(() => undefined)
}

function ask(fetch: ProviderFetch, call: Call, signal: AbortSignal): ReturnType<ProviderFetch> {
  const { address, path, method, body, headers } = call
  const type = headers["content-type"]
  return fetch(address + path, {
    method,
    signal,
    ...(type !== undefined && { headers: { "content-type": type } }),
    ...(body !== undefined && { body }),
  })
}

async function refuse({ log }: PoolProxyOptions, stream: ResponseStream, message: string): Promise<void> {
  log.error("pool-call-refused", { error: message })
  stream.write(line({ error: { code: "REFUSED", message } }))
  await close(stream)
}

const line = (prelude: Prelude): string => `${JSON.stringify(prelude)}\n`
const pairOf = (name: string, value: string | null): [string, string][] => (value === null ? [] : [[name, value]])

function codeOf(thrown: unknown): string {
  for (let error = thrown; error instanceof Error; error = error.cause) {
    if ("code" in error && typeof error.code === "string") return error.code
  }
  return "FAILED"
}
