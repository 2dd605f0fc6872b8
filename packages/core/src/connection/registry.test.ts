import { describe, expect, it } from "vitest"
import { memoryTable } from "../store/memory.ts"
import type { Actor } from "../access/actor.ts"
import { ConnectionBusy } from "./connections.ts"
import { closeConnection, forgetConnections, openConnection, sendToUser } from "./registry.ts"

const alice: Actor = { userId: "alice", role: "admin" }
const bob: Actor = { userId: "bob", role: "admin" }
const frame = { type: "pong", id: "1" } as const

function scene() {
  let now = 1_000_000
  const posted: string[] = []
  const closed: string[] = []
  const gone = new Set<string>()
  const busy = new Set<string>()
  const log: string[] = []
  const note = (event: string) => void log.push(event)
  const table = memoryTable({ now: () => now, pageSize: 7 })
  const ports = {
    table,
    clock: { now: () => now },
    log: { debug: note, info: note, warn: note, error: note },
    connections: {
      async post(connectionId: string, make: () => string | undefined) {
        if (busy.has(connectionId)) throw new ConnectionBusy()
        if (gone.has(connectionId)) return "gone" as const
        posted.push(`${connectionId} ${make()}`)
        return "sent" as const
      },
      close: async (connectionId: string) => void closed.push(connectionId),
    },
  }
  return { ports, table, posted, closed, gone, busy, log, pass: (ms: number) => void (now += ms) }
}

describe("the registry of connections", () => {
  it("sends to every connection of a user, and to nobody else's", async () => {
    const { ports, posted } = scene()
    await openConnection(ports, alice, "a1")
    await openConnection(ports, alice, "a2")
    await openConnection(ports, bob, "b1")
    await closeConnection(ports, "a1")
    await sendToUser(ports, "alice", frame)
    expect(posted).toEqual(['a2 {"type":"pong","id":"1"}'])
  })

  it("forgets who is gone, and lets a slow one miss the frame", async () => {
    const { ports, table, posted, gone, busy, log, pass } = scene()
    for (const id of ["a1", "a2"]) await openConnection(ports, alice, id)
    pass(10_000)
    await openConnection(ports, alice, "a3")
    gone.add("a1")
    busy.add("a2")
    await sendToUser(ports, "alice", frame)
    expect(posted).toHaveLength(1)
    expect(log).toEqual(["frame-not-sent"])
    expect(table.items().map(({ pk, sk }) => `${pk} ${sk}`)).toEqual([
      "CONN#a2 STATE",
      "CONN#a3 STATE",
      "USER#alice CONN#a2",
      "USER#alice CONN#a3",
    ])
  })

  it("keeps one that is called gone while it is being opened", async () => {
    const { ports, posted, gone, pass } = scene()
    await openConnection(ports, alice, "a1")
    gone.add("a1")
    pass(9999)
    await sendToUser(ports, "alice", frame)
    gone.clear()
    await sendToUser(ports, "alice", frame)
    expect(posted).toHaveLength(1)
  })

  it("closes a user's oldest connection beyond 20", async () => {
    const { ports, closed, pass } = scene()
    // the ids are in the other order than the times
    for (let index = 0; index < 22; index++) {
      await openConnection(ports, alice, `a${String(99 - index)}`)
      pass(1)
    }
    await openConnection(ports, bob, "b1")
    expect(closed).toEqual(["a99", "a98"])
  })

  it("lets a connection's items outlive it by five minutes", async () => {
    const { ports, posted, pass } = scene()
    await openConnection(ports, alice, "a1")
    pass((2 * 60 + 5) * 60_000 - 1000)
    await sendToUser(ports, "alice", frame)
    pass(2000)
    await sendToUser(ports, "alice", frame)
    expect(posted).toHaveLength(1)
  })

  it("opens none for an actor whose right has ended", async () => {
    const { ports, table } = scene()
    await expect(openConnection(ports, { ...alice, expiresAt: 1_000_000 }, "a1")).rejects.toThrow("expired")
    expect(table.items()).toEqual([])
  })

  it("forgets all of a user's at the start", async () => {
    const { ports, table } = scene()
    for (let index = 0; index < 20; index++) await openConnection(ports, alice, `a${index}`)
    await forgetConnections(ports, "alice")
    expect(table.items()).toEqual([])
    await closeConnection(ports, "a1")
  })
})
