import { DynamoDBClient } from "@aws-sdk/client-dynamodb"
import { newId } from "../scenarios/ids.ts"
import { createMeter } from "../support/aws/meter.ts"
import type { Units } from "../support/aws/meter.ts"
import { startTableProxy } from "../support/aws/table-proxy.ts"
import type { TableCall, TableProxy } from "../support/aws/table-proxy.ts"
import { openSocket } from "../support/raw-client.ts"
import type { RawSocket } from "../support/raw-client.ts"
import { startOnAws } from "../support/runtime-aws.ts"
import type { AwsRuntime } from "../support/runtime-aws.ts"
import { testCredentials } from "../support/sigv4.ts"

/** What one answer takes of everything that has a price on AWS, counted on the bundled functions. */
export type AnswerCounts = {
  deltas: number
  seconds: number
  /** Socket messages, metered per 32 KB. */
  messagesIn: number
  messagesOut: number
  units: Units
  /** Calls and milliseconds of each function; a millisecond of this machine's, except where a function waits. */
  functions: Record<string, { calls: number; milliseconds: number }>
  /** Calls of the table from `run.start` to its ack that wait for each other. */
  roundTripsToAck: number
}

const deltas = 500
const intervalMs = 20
const charactersPerDelta = 7
const functions = ["authorizer", "socket", "api", "worker", "closer", "schedule"]
/** Long enough for calls that do not wait for each other to be seen side by side. */
const tableDelayMs = 400

/** A paced answer of 10 s and 500 deltas, with its one follower from the start. Takes about 15 s. */
export async function measureAnswer(): Promise<AnswerCounts> {
  let proxy: TableProxy | undefined
  let client: DynamoDBClient | undefined
  const runtime = await startOnAws({
    models: [
      { name: "warm", kind: "plain" },
      { name: "paced", kind: "plain" },
    ],
    async beforeTable(url) {
      client = new DynamoDBClient({ endpoint: url, region: "us-east-1", credentials: testCredentials })
      proxy = await startTableProxy(url)
      return proxy.url
    },
    // What the sweep takes is paid by the minute, not by the answer.
    sweepEveryMs: 3_600_000,
  })
  try {
    if (proxy === undefined || client === undefined) throw new Error("the runtime has asked for no table")
    const socket = await openSocket(runtime.socketUrl, { headers: runtime.credentials() })
    const { chatId } = await answer(runtime, socket, {})
    const counted = await countAnswer(runtime, socket, { proxy, client, chatId })
    return { ...counted, roundTripsToAck: await countRoundTrips(runtime, socket, { proxy, chatId }) }
  } finally {
    await runtime.stop()
    await proxy?.close()
    client?.destroy()
  }
}

type Table = { proxy: TableProxy; client: DynamoDBClient; chatId: string }

async function countAnswer(
  runtime: AwsRuntime,
  socket: RawSocket,
  { proxy, client, chatId }: Table,
): Promise<Omit<AnswerCounts, "roundTripsToAck">> {
  const { lambda, gateway, upstream } = runtime
  const text = "Seven. ".repeat(deltas)
  upstream.script("paced", { text, intervalMs, charactersPerChunk: charactersPerDelta })
  const meter = createMeter(client, "omnichat")
  await meter.learn()
  proxy.answered = meter.count
  const before = { ...gateway.metered, spent: spentBy(lambda) }
  const begun = performance.now()
  await answer(runtime, socket, { chatId, model: upstream.idOf("paced") })
  await lambda.settled()
  proxy.answered = () => Promise.resolve()
  const after = spentBy(lambda)
  return {
    deltas,
    seconds: (performance.now() - begun) / 1000,
    messagesIn: gateway.metered.in - before.in,
    messagesOut: gateway.metered.out - before.out,
    units: { ...meter.units },
    functions: Object.fromEntries(
      functions.map((name) => {
        const [was, is] = [before.spent.get(name), after.get(name)]
        const calls = (is?.calls ?? 0) - (was?.calls ?? 0)
        return [name, { calls, milliseconds: Math.round((is?.milliseconds ?? 0) - (was?.milliseconds ?? 0)) }]
      }),
    ),
  }
}

async function countRoundTrips(
  runtime: AwsRuntime,
  socket: RawSocket,
  { proxy, chatId }: Omit<Table, "client">,
): Promise<number> {
  proxy.delayMs = tableDelayMs
  const from = performance.now()
  const runId = newId("run")
  const model = runtime.upstream.idOf("warm")
  await socket.act({ action: "run.start", runId, chatId, model, message: { parts: [{ type: "text", text: "Now?" }] } })
  const acked = performance.now()
  // What is still under way then, as the word to the user's other connections, nobody has waited for.
  const isWaitedFor = ({ from: name, at, to = Infinity }: TableCall) => name === "socket" && at >= from && to <= acked
  const calls = proxy.calls.filter(isWaitedFor)
  proxy.delayMs = 0
  await socket.ended(runId)
  await runtime.lambda.settled()
  return longestChain(calls)
}

/** How many of these calls wait for each other at most: none of a chain begins before the one before it has ended. */
export function longestChain(calls: Pick<TableCall, "at" | "to">[]): number {
  let length = 0
  let end = -Infinity
  for (const { at, to = Infinity } of calls.toSorted((one, other) => (one.to ?? Infinity) - (other.to ?? Infinity))) {
    if (at < end) continue
    length += 1
    end = to
  }
  return length
}

/** A run from its start until the chat no longer lists it. */
async function answer(
  runtime: AwsRuntime,
  socket: RawSocket,
  { chatId, model = runtime.upstream.idOf("warm") }: { chatId?: string; model?: string },
): Promise<{ chatId: string }> {
  const runId = newId("run")
  const message = { parts: [{ type: "text", text: "What can be said of the number seven?" }] }
  const ack = await socket.act({ action: "run.start", runId, model, message, ...(chatId !== undefined && { chatId }) })
  if (ack.type !== "ack") throw new Error(`refused: ${JSON.stringify(ack)}`)
  await socket.ended(runId)
  await socket.waitFor(({ type, chat }) => {
    const { id, runs = {} } = (chat ?? {}) as { id?: string; runs?: Record<string, string> }
    return type === "chat" && id === ack["chatId"] && Object.keys(runs).length === 0 && isBehind(socket, runId)
  })
  return { chatId: String(ack["chatId"]) }
}

const isBehind = (socket: RawSocket, runId: string): boolean => socket.log(runId).ended

function spentBy(lambda: AwsRuntime["lambda"]): Map<string, { calls: number; milliseconds: number }> {
  return new Map(
    functions.map((name) => {
      const { invocations: calls, busyMs: milliseconds } = lambda.pool(name)
      return [name, { calls, milliseconds }]
    }),
  )
}
