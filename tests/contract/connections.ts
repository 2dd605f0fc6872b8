import { ConnectionBusy } from "@omnichat/core/connection/connections"
import type { Connections } from "@omnichat/core/connection/connections"
import { limits } from "@omnichat/core/protocol/limits"
import { afterEach, beforeEach, describe, expect, it } from "vitest"

/** The other end of a connection. */
export type Client = {
  id: string
  /** The next frame that comes. */
  next(): Promise<string>
  /** Goes away; resolves when the adapter can know. */
  leave(): Promise<void>
  /** Resolves when the server has ended the connection. */
  ended: Promise<unknown>
}

export type OpenedConnections = {
  connections: Connections
  connect(): Promise<Client>
  /** The id of a connection that takes nothing. */
  stalled(): Promise<string>
  close(): Promise<void>
}

/** Long enough never to be reached. */
const patience = 30_000

/** The contract of the Connections port. Run by every adapter. */
export function describeConnections(name: string, open: () => Promise<OpenedConnections>): void {
  describe(name, () => {
    let opened: OpenedConnections
    let connections: Connections
    beforeEach(async () => {
      opened = await open()
      connections = opened.connections
    })
    afterEach(() => opened.close())

    it("takes a frame, whatever is in it, up to the largest there is", async () => {
      const client = await opened.connect()
      for (const text of ["{}", 'Grüße aus Žižkov, 你好, 👩‍🚀 "\n"', "x".repeat(limits.frame)]) {
        const came = client.next()
        expect(await connections.post(client.id, () => text, patience)).toBe("sent")
        expect(await came).toBe(text)
      }
    })

    it("makes a frame once, and sends nothing when there is nothing left to say", async () => {
      const client = await opened.connect()
      let made = 0
      const make = (text?: string) => () => {
        made += 1
        return text
      }
      expect(await connections.post(client.id, make(), patience)).toBe("sent")
      const came = client.next()
      expect(await connections.post(client.id, make("after"), patience)).toBe("sent")
      expect([await came, made]).toEqual(["after", 2])
    })

    it("refuses a frame that is too large, and passes on that one could not be made", async () => {
      const client = await opened.connect()
      const large = "ü".repeat(limits.frame / 2) + "x"
      await expect(connections.post(client.id, () => large, patience)).rejects.toThrow(RangeError)
      const failing = () => {
        throw new Error("no frame")
      }
      await expect(connections.post(client.id, failing, patience)).rejects.toThrow("no frame")
    })

    it("says that a connection is gone, and closes it without complaint", async () => {
      const client = await opened.connect()
      await client.leave()
      expect(await connections.post(client.id, () => "x", patience)).toBe("gone")
      await connections.close(client.id)
      expect(await connections.post("never-there=", () => "x", patience)).toBe("gone")
      await connections.close("never-there=")
    })

    it("closes a connection, and no other", async () => {
      const [one, other] = [await opened.connect(), await opened.connect()]
      await connections.close(one.id)
      await one.ended
      expect(await connections.post(one.id, () => "x", patience)).toBe("gone")
      const came = other.next()
      expect(await connections.post(other.id, () => "still here", patience)).toBe("sent")
      expect(await came).toBe("still here")
    })

    it("gives up on a connection that takes nothing, and makes no frame for it any more", async () => {
      const id = await opened.stalled()
      const before = { made: 0 }
      const make = () => {
        before.made += 1
        return "x"
      }
      await expect(connections.post(id, make, 50)).rejects.toThrow(ConnectionBusy)
      const { made } = before
      expect(made).toBeLessThanOrEqual(1)
      const client = await opened.connect()
      const came = client.next()
      expect(await connections.post(client.id, () => "others go on", patience)).toBe("sent")
      expect([await came, before.made]).toEqual(["others go on", made])
    })
  })
}
