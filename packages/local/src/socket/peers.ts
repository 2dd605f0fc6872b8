import type { Connections } from "@omnichat/core/connection/connections"
import type { Peer } from "./peer.ts"

/** Every open socket of this process: the adapter of the Connections port. */
export class Peers implements Connections {
  readonly #open = new Map<string, Peer>()

  get size(): number {
    return this.#open.size
  }

  add(peer: Peer): void {
    this.#open.set(peer.id, peer)
  }

  /** What waits for it is answered "gone". */
  remove(peer: Peer): void {
    this.#open.delete(peer.id)
    peer.outbox.end()
  }

  [Symbol.iterator](): IterableIterator<Peer> {
    return this.#open.values()
  }

  async post(connectionId: string, make: () => string | undefined, timeoutMs: number): Promise<"sent" | "gone"> {
    const peer = this.#open.get(connectionId)
    return peer === undefined ? "gone" : peer.outbox.post(make, timeoutMs)
  }

  async close(connectionId: string): Promise<void> {
    const peer = this.#open.get(connectionId)
    if (peer === undefined) return
    this.remove(peer)
    peer.socket.close(1000)
  }
}
