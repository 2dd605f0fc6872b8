import type { Actor } from "@omnichat/core/access/actor"
import { ConnectionBusy } from "@omnichat/core/connection/connections"
import type { Ports } from "@omnichat/core/ports"
import { OmniError } from "@omnichat/core/protocol/error"
import { describe, expect, it } from "vitest"
import { memoryTable } from "@omnichat/core/store/memory"
import { createSocketHandler } from "./handler.ts"

const alice: Actor = { userId: "alice", role: "admin" }

/** Only the ports that answering takes; an action that needs others fails, as on a bad day. */
function scene(post: (text: string) => "sent" | "gone" = () => "sent") {
  const sent: unknown[] = []
  const closed: string[] = []
  const log: string[] = []
  const note = (event: string) => void log.push(event)
  const clock = { now: () => 5000, sleep: () => Promise.resolve() }
  const ports = {
    clock,
    table: memoryTable({ now: clock.now }),
    log: { debug: note, info: note, warn: note, error: note },
    connections: {
      async post(_id: string, make: () => string | undefined) {
        const text = make() ?? ""
        const outcome = post(text)
        sent.push(JSON.parse(text))
        return outcome
      },
      close: async (id: string) => void closed.push(id),
    },
  } as unknown as Ports
  return { handler: createSocketHandler(ports), sent, closed, log }
}
const ping = JSON.stringify({ action: "ping", id: "1" })

describe("the socket handler", () => {
  it("answers with a refusal that was decided before, under the action's id", async () => {
    const { handler, sent } = scene()
    const refusal = new OmniError("rate_limited", "Too many.", { retryAfterMs: 10 })
    await handler.message(alice, "c", ping, refusal)
    await handler.message(alice, "c", "{", refusal)
    expect(sent).toEqual([
      { type: "error", id: "1", code: "rate_limited", message: "Too many.", retryable: true, retryAfterMs: 10 },
      { type: "error", code: "invalid", message: "The frame is not JSON.", retryable: false },
    ])
  })

  it("closes the connection of an actor whose right has ended, after saying so", async () => {
    const { handler, sent, closed } = scene()
    await handler.message({ ...alice, expiresAt: 5001 }, "c", ping)
    await handler.message({ ...alice, expiresAt: 5000 }, "c", ping)
    expect(sent).toMatchObject([{ type: "pong" }, { type: "error", id: "1", code: "unauthenticated" }])
    expect(closed).toEqual(["c"])
  })

  it("tells nobody what it did not foresee, and logs it", async () => {
    const { handler, sent, log } = scene()
    const runId = "run_01ARZ3NDEKTSV4RRFFQ69G5FAV"
    const message = { parts: [{ type: "text", text: "Hello" }] }
    // these ports have no models
    await handler.message(
      alice,
      "c",
      JSON.stringify({ action: "run.start", id: "s", runId, model: "demo/tour", message }),
    )
    expect(sent).toMatchObject([{ type: "error", id: "s", code: "internal", retryable: true }])
    expect(JSON.stringify(sent)).not.toContain("undefined")
    expect(log).toEqual(["unforeseen"])
  })

  it("gives up on a connection that takes nothing, without failing", async () => {
    const { handler, log } = scene(() => {
      throw new ConnectionBusy()
    })
    await handler.message(alice, "c", ping)
    await handler.message(alice, "c", "{")
    expect(log).toEqual(["answer-not-sent", "answer-not-sent"])
  })
})
