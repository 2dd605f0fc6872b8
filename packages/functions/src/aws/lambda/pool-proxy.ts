import { Readable } from "node:stream"
import { finished, pipeline } from "node:stream/promises"
import { describe } from "@omnichat/core/log"
import type { ProviderFetch, ProviderResponse } from "@omnichat/core/model/provider"
import * as v from "valibot"
import { untilSettled } from "../background.ts"
import { isPoolAddress } from "../pool-address.ts"
import type { Network } from "../pool-address.ts"
import { proxyCall } from "../pool-wire.ts"
import type { Prelude } from "../pool-wire.ts"
import { watchCall } from "../pool-watch.ts"
import type { CallWatch, WatchPorts } from "../pool-watch.ts"
import type { ResponseStream } from "./streaming.ts"

export type PoolProxyOptions = WatchPorts & {
  /** Where the pool's servers are. Nothing else is called, whoever asks. */
  network: Network
  port: number
}

type Call = v.InferOutput<typeof proxyCall>

/** What of a server's headers is of use to who called. */
const passedOn = ["content-type", "retry-after", "location"]

/** Calls a server of the pool for somebody outside of its network, and gives the answer as it comes. */
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

async function pass(options: PoolProxyOptions, call: Call, stream: ResponseStream): Promise<void> {
  const watch = watchCall(options, call)
  stream.once("close", watch.leave)
  try {
    let response: ProviderResponse
    try {
      response = await ask(options.fetch, call, watch.signal)
    } catch (thrown) {
      options.log.warn("pool-call-failed", { callId: call.callId, address: call.address, error: describe(thrown) })
      return await tell(stream, { error: { code: codeOf(thrown), message: describe(thrown) } })
    }
    const headers = Object.fromEntries(passedOn.flatMap((name) => pairOf(name, response.headers.get(name))))
    stream.write(line({ status: response.status, headers }))
    await pipeline(Readable.from(heard(response, watch), { objectMode: false }), stream)
  } catch (thrown) {
    const reason: unknown = watch.signal.aborted ? watch.signal.reason : thrown
    options.log.warn("pool-call-broke-off", { callId: call.callId, address: call.address, error: describe(reason) })
    throw reason
  } finally {
    await watch.end()
  }
}

function ask(fetch: ProviderFetch, call: Call, signal: AbortSignal): Promise<ProviderResponse> {
  const { address, path, method, body, headers } = call
  const type = headers["content-type"]
  return fetch(address + path, {
    method,
    signal,
    ...(type !== undefined && { headers: { "content-type": type } }),
    ...(body !== undefined && { body }),
  })
}

async function* heard({ body }: ProviderResponse, watch: CallWatch): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const piece of body ?? []) {
    watch.heard()
    yield piece
  }
}

async function refuse({ log }: PoolProxyOptions, stream: ResponseStream, message: string): Promise<void> {
  log.error("pool-call-refused", { error: message })
  await tell(stream, { error: { code: "REFUSED", message } })
}

async function tell(stream: ResponseStream, prelude: Prelude): Promise<void> {
  stream.end(line(prelude))
  await finished(stream)
}

const line = (prelude: Prelude): string => `${JSON.stringify(prelude)}\n`
const pairOf = (name: string, value: string | null): [string, string][] => (value === null ? [] : [[name, value]])

function codeOf(thrown: unknown): string {
  for (let error = thrown; error instanceof Error; error = error.cause) {
    if ("code" in error && typeof error.code === "string") return error.code
  }
  return "FAILED"
}
