import { LambdaClient } from "@aws-sdk/client-lambda"
import type { Log } from "@omnichat/core/log"
import { ollamaProvider } from "@omnichat/core/provider/ollama/provider"
import { keys } from "@omnichat/core/store/keys"
import { memoryTable } from "@omnichat/core/store/memory"
import { createPoolProxy } from "@omnichat/functions/aws/lambda/pool-proxy"
import { parseNetwork } from "@omnichat/functions/aws/pool-address"
import { createPoolFetch } from "@omnichat/functions/aws/pool-fetch"
import { createHttpFetch } from "@omnichat/functions/http-fetch"
import { testCredentials } from "../support/sigv4.ts"
import { startStreamInvoker } from "../support/aws/stream-invoker.ts"
import { watchedClock } from "./watched-clock.ts"

/** A server of the pool behind the proxy, called through AWS's own client; each side has a clock of its own. */
export async function startProxyScene({ address }: { address: string }) {
  const network = parseNetwork("127.0.0.0/8")
  if (network === undefined) throw new Error("this is a network")
  const table = memoryTable({ now: Date.now })
  const [callers, proxys] = [watchedClock(Date.now()), watchedClock(1_000_000)]
  const lines: string[] = []
  const note = (event: string, facts?: object) => void lines.push(`${event} ${JSON.stringify(facts ?? {})}`)
  const log: Log = { debug: note, info: note, warn: note, error: note }
  const port = Number(new URL(address).port)
  const proxy = createPoolProxy({
    table,
    clock: proxys,
    log,
    fetch: createHttpFetch({ connectMs: 3000, probeMs: 10_000, keepsConnections: false }),
    network,
    port,
  })
  const functions: Record<string, typeof proxy> = { "pool-proxy": proxy }
  const invoker = await startStreamInvoker(functions)
  const lambda = new LambdaClient({
    region: "us-east-1",
    endpoint: invoker.url,
    credentials: testCredentials,
    maxAttempts: 1,
  })
  const fetchOf = (functionName: string) => createPoolFetch({ lambda, functionName, table, clock: callers })
  const poolFetch = fetchOf("pool-proxy")
  return {
    table,
    callers,
    proxys,
    lines,
    lambda,
    invoker,
    fetch: poolFetch(address),
    fetchOf: poolFetch,
    functions,
    /** Through another function. */
    fetchBy: (functionName: string) => fetchOf(functionName)(address),
    provider: ollamaProvider({ baseUrl: address, fetch: poolFetch(address) }),
    /** The items of calls. */
    calls: () => table.items().filter(({ pk }) => pk.startsWith("CALL#")),
    callKey: (callId: string) => keys.poolCall(callId),
    async close() {
      lambda.destroy()
      await invoker.close()
    },
  }
}
export type ProxyScene = Awaited<ReturnType<typeof startProxyScene>>
