import { onTestFinished } from "vitest"
import { WebSocket } from "ws"
import { SocketStandIn } from "../../../tests/support/socket-stand-in.ts"
import { createClient } from "../src/client.ts"
import type { Client, ClientOptions, ConnectionState, Run, RunEntry } from "../src/client.ts"
import { ManualClock } from "./manual-clock.ts"

export type Scene = { server: SocketStandIn; client: Client; clock: ManualClock }

/** A client and a server for one test, over real sockets, with a clock that stands still. */
export async function scene(options: ClientOptions = {}): Promise<Scene> {
  const server = await SocketStandIn.listen()
  const clock = new ManualClock()
  const client = createClient({ baseUrl: server.baseUrl, WebSocket, clock, ...options })
  onTestFinished(async () => {
    client.close()
    await server.close()
  })
  return { server, client, clock }
}

/** Resolves when the client's connection is in this state. */
export async function reached(client: Client, state: ConnectionState): Promise<void> {
  if (client.connection === state) return
  await new Promise<void>((resolve) => {
    const remove = client.onConnection((now) => {
      if (now !== state) return
      remove()
      resolve()
    })
  })
}

/** All entries of a run, to its end. */
export async function collect(run: Run): Promise<RunEntry[]> {
  const entries: RunEntry[] = []
  for await (const entry of run) entries.push(entry)
  return entries
}

/** Resolves when a listener has been given this number. */
export async function given(run: Run, number: number): Promise<void> {
  await new Promise<void>((resolve) => {
    const remove = run.onEvents((from, events) => {
      if (from + events.length - 1 < number) return
      remove()
      resolve()
    })
  })
}

/** What a collected run should be. */
export function numbered(events: RunEntry["event"][], after = 0): RunEntry[] {
  return events.slice(after).map((event, at) => ({ number: after + at + 1, event }))
}
