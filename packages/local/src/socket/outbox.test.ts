import { ConnectionBusy } from "@omnichat/core/connection/connections"
import { limits } from "@omnichat/core/protocol/limits"
import { describe, expect, it } from "vitest"
import { Outbox } from "./outbox.ts"

/** A socket that takes bytes only when it is told to. */
function scene(mostBuffered = 100) {
  const sent: string[] = []
  const pending: { bytes: number; done: () => void }[] = []
  let now = 0
  const outbox = new Outbox(
    {
      buffered: () => pending.reduce((sum, { bytes }) => sum + bytes, 0),
      send(bytes, done) {
        sent.push(Buffer.from(bytes).toString())
        pending.push({ bytes: bytes.length, done })
      },
    },
    mostBuffered,
    () => now,
  )
  return {
    outbox,
    sent,
    take: (count = 1) => pending.splice(0, count).forEach(({ done }) => done()),
    leave: () => pending.forEach((entry) => (entry.bytes = 0)),
    pass: (ms: number) => void (now += ms),
  }
}
const sixty = (name: string) => () => name.padEnd(60, ".")

describe("an outbox", () => {
  it("makes a frame only when there is room for it, in the order of the posts", async () => {
    const { outbox, sent, take } = scene()
    const made: string[] = []
    const post = (name: string) =>
      outbox.post(() => {
        made.push(name)
        return name.padEnd(60, ".")
      }, 60_000)
    const posts = ["a", "b", "c", "d"].map(post)
    expect(made).toEqual(["a", "b"]) // 60 bytes are less than 100, 120 are not
    take()
    expect(made).toEqual(["a", "b", "c"])
    take(3)
    expect(made).toEqual(["a", "b", "c", "d"])
    expect(await Promise.all(posts)).toEqual(["sent", "sent", "sent", "sent"])
    expect(sent.map((text) => text[0])).toEqual(["a", "b", "c", "d"])
  })

  it("lets nobody overtake who waits", async () => {
    const { outbox, sent, take, leave } = scene()
    const posts = [outbox.post(sixty("a"), 60_000), outbox.post(sixty("b"), 60_000), outbox.post(sixty("c"), 60_000)]
    leave() // the bytes are gone already, and the socket has not said so yet
    posts.push(outbox.post(() => "late", 60_000))
    take(2)
    await Promise.all(posts)
    expect(sent.map((text) => text.slice(0, 4))).toEqual(["a...", "b...", "c...", "late"])
  })

  it("sends nothing when there is nothing left to say", async () => {
    const { outbox, sent } = scene()
    expect(await outbox.post(() => undefined, 1)).toBe("sent")
    expect(sent).toEqual([])
  })

  it("gives up on a connection that takes nothing, and then does not make the frame", async () => {
    const { outbox, sent, take } = scene(1)
    await outbox.post(() => "x", 60_000)
    await expect(outbox.post(() => "y", 1)).rejects.toThrow(ConnectionBusy)
    take()
    expect(sent).toEqual(["x"])
    expect(await outbox.post(() => "z", 1)).toBe("sent")
  })

  it("tells all who wait when the connection is gone", async () => {
    const { outbox, sent } = scene(1)
    await outbox.post(() => "x", 60_000)
    const waiting = outbox.post(() => "y", 60_000)
    outbox.end()
    expect(await waiting).toBe("gone")
    expect(await outbox.post(() => "z", 60_000)).toBe("gone")
    expect(sent).toEqual(["x"])
  })

  it("refuses a frame that is larger than the wire allows, and goes on", async () => {
    const { outbox, sent } = scene()
    await expect(outbox.post(() => "é".repeat(limits.frame / 2 + 1), 1)).rejects.toThrow(RangeError)
    expect(await outbox.post(() => "é".repeat(limits.frame / 2), 1)).toBe("sent")
    expect(sent).toHaveLength(1)
  })

  it("passes on what goes wrong when the frame is made, also later", async () => {
    const { outbox, take } = scene(1)
    const broken = () => {
      throw new Error("broken")
    }
    await expect(outbox.post(broken, 1)).rejects.toThrow("broken")
    await outbox.post(() => "x", 1)
    const later = outbox.post(broken, 60_000)
    const after = outbox.post(() => "y", 60_000)
    take()
    await expect(later).rejects.toThrow("broken")
    expect(await after).toBe("sent")
  })

  it("knows for how long nothing was taken", async () => {
    const { outbox, take, pass } = scene()
    pass(500)
    expect(outbox.stalledFor()).toBe(0)
    await outbox.post(() => "x", 1)
    await outbox.post(() => "y", 1)
    pass(300)
    expect(outbox.stalledFor()).toBe(300)
    take()
    pass(200)
    expect(outbox.stalledFor()).toBe(200)
    take()
    expect(outbox.stalledFor()).toBe(0)
  })
})
