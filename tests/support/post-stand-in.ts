import { EventEmitter } from "node:events"
import type { IncomingMessage, ServerResponse } from "node:http"
import { bytesOf, listen, refuse } from "./aws/listen.ts"

/** API Gateway's `@connections` alone: connections without sockets, and a bad day for each on demand. */

type Mood =
  /** Takes every frame. */
  | "well"
  /** Answers nothing. */
  | "silent"
  /** Refuses with this status, so many times. */
  | { status: number; type: string; times: number }

export type PostStandIn = {
  /** With the stage. */
  endpoint: string
  open(id: string): void
  drop(id: string): void
  set(id: string, mood: Mood): void
  /** How often was asked for this connection. */
  asked(id: string): number
  /** Emits `frame <id>` with the text and `closed <id>`. */
  events: EventEmitter
  close(): Promise<void>
}

export async function startPostStandIn(): Promise<PostStandIn> {
  const connections = new Map<string, Mood>()
  const counts = new Map<string, number>()
  const events = new EventEmitter()

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bytesOf(request)
    const [, name] = /^\/live\/(?:@|%40)connections\/([^/]+)$/.exec(request.url ?? "") ?? []
    const isSigned = request.headers.authorization?.includes("/execute-api/") === true
    if (name === undefined || !isSigned) return refuse(response, 403, "ForbiddenException")
    const id = decodeURIComponent(name)
    counts.set(id, (counts.get(id) ?? 0) + 1)
    const mood = connections.get(id)
    if (mood === undefined) return refuse(response, 410, "GoneException")
    if (mood === "silent") return
    if (mood !== "well" && mood.times > 0) {
      mood.times -= 1
      return refuse(response, mood.status, mood.type)
    }
    if (request.method === "DELETE") {
      connections.delete(id)
      events.emit(`closed ${id}`)
    } else events.emit(`frame ${id}`, body.toString("utf8"))
    response.writeHead(request.method === "DELETE" ? 204 : 200).end()
  }

  const server = await listen(handle)
  return {
    endpoint: `${server.url}/live`,
    open: (id) => void connections.set(id, "well"),
    drop: (id) => void connections.delete(id),
    set: (id, mood) => void connections.set(id, mood),
    asked: (id) => counts.get(id) ?? 0,
    events,
    close: server.close,
  }
}
