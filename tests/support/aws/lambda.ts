import type { IncomingMessage, ServerResponse } from "node:http"
import { Instance } from "./instance.ts"
import type { Outcome } from "./instance.ts"
import { bytesOf, listen, refuse } from "./listen.ts"
import { chunkEvent, completeEvent, responseEventsType } from "./response-events.ts"
import { Pool } from "./pool.ts"
import type { FunctionOptions } from "./pool.ts"
import { createQueue } from "./queue.ts"
import type { AsyncFaults, AsyncQueue } from "./queue.ts"

/** Lambda, with each function in processes of its own, under the Node that it has there. */
export type Lambda = {
  /** Where the SDK finds it. */
  url: string
  /** What the functions wrote to stdout and stderr. */
  lines: string[]
  /** What becomes of asynchronous calls on a bad day. */
  faults: AsyncFaults
  pool(name: string): Pool
  /** Calls a function and waits for what it answers. */
  invoke(name: string, event: unknown): Promise<Outcome>
  /** Has it called, as for an event that nobody waits for. */
  send(name: string, event: unknown): void
  /** Resolves when no asynchronous call waits or is under way. */
  settled(): Promise<void>
  /** Ends every process, as if AWS had lost all it ran on. */
  killAll(): Promise<void>
  close(): Promise<void>
}

export async function startLambda(functions: Record<string, FunctionOptions>): Promise<Lambda> {
  const lines: string[] = []
  const instances = new Map<string, Instance>()
  let count = 0

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, instance, path] = /^\/(instance-\d+)\/2018-06-01\/runtime(\/.*)$/.exec(request.url ?? "") ?? []
    if (instance !== undefined) return instances.get(instance)?.handle(request, response, path ?? "")
    return invokeApi(request, response)
  }

  /** https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
  async function invokeApi(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const payload = (await bytesOf(request)).toString("utf8")
    const [, streamed] =
      /^\/2021-11-15\/functions\/([^/]+)\/response-streaming-invocations$/.exec(request.url ?? "") ?? []
    const [, name = streamed] = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/.exec(request.url ?? "") ?? []
    const isSigned = request.headers.authorization?.includes("/lambda/aws4_request") === true
    const pool = pools.get(decodeURIComponent(name ?? "").replace(/^arn:.*:function:/, ""))
    if (!isSigned) return refuse(response, 403, "AccessDeniedException")
    if (pool === undefined) return refuse(response, 404, "ResourceNotFoundException")
    if (streamed !== undefined) return sendStream(response, await pool.invoke(payload).outcome)
    if (request.headers["x-amz-invocation-type"] === "Event") {
      queue.send(pool, payload)
      return void response.writeHead(202).end()
    }
    const outcome = await pool.invoke(payload).outcome
    if (outcome.kind === "stream") return refuse(response, 400, "InvalidRequestContentException")
    const headers = outcome.kind === "error" ? { "x-amz-function-error": "Unhandled" } : {}
    response.writeHead(200, { "content-type": "application/json", ...headers }).end(outcome.payload)
  }

  /** https://docs.aws.amazon.com/lambda/latest/api/API_InvokeWithResponseStream.html */
  async function sendStream(response: ServerResponse, outcome: Outcome): Promise<void> {
    response.writeHead(200, { "content-type": responseEventsType })
    response.flushHeaders()
    if (outcome.kind === "stream") {
      // Nobody tells the function that its caller has left.
      for await (const bytes of outcome.body) if (!response.destroyed) response.write(chunkEvent(bytes as Buffer))
      response.end(completeEvent())
    } else response.end(completeEvent({ ErrorCode: "Unhandled", ErrorDetails: outcome.payload }))
  }

  const api = await listen(handle)
  const spawn = (pool: Pool, given: Pick<ConstructorParameters<typeof Instance>[1], "onIdle" | "onGone">): Instance => {
    const id = `instance-${(count += 1)}`
    const instance = new Instance(id, {
      ...pool.options,
      ...given,
      name: pool.name,
      runtimeApi: `${new URL(api.url).host}/${id}`,
      onLine: (line) => lines.push(line),
    })
    instances.set(id, instance)
    return instance
  }
  const pools = new Map(Object.entries(functions).map(([name, options]) => [name, new Pool(name, options, spawn)]))
  const poolOf = (name: string): Pool => {
    const pool = pools.get(name)
    if (pool === undefined) throw new Error(`there is no function ${name}`)
    return pool
  }
  const queue: AsyncQueue = createQueue(poolOf)
  const killAll = async () => void (await Promise.all([...pools.values()].map((pool) => pool.kill())))

  return {
    url: api.url,
    lines,
    faults: queue.faults,
    pool: poolOf,
    invoke: (name, event) => poolOf(name).invoke(JSON.stringify(event)).outcome,
    send: (name, event) => queue.send(poolOf(name), JSON.stringify(event)),
    settled: queue.settled,
    killAll,
    async close() {
      queue.close()
      await killAll()
      await api.close()
    },
  }
}
