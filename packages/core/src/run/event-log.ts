import { limits } from "../protocol/limits.ts"
import type { RunId } from "../protocol/id.ts"
import type { EncodedEvent } from "./encode.ts"

/** The durable events of a run as a worker holds them in memory, cut into frames for whoever follows. */
export class EventLog {
  readonly runId: RunId
  readonly #events: EncodedEvent[] = []
  #ended = false

  constructor(runId: RunId) {
    this.runId = runId
  }

  /** The number of the newest durable event. */
  get last(): number {
    return this.#events.length
  }

  /** The last of them is the terminal event. */
  get ended(): boolean {
    return this.#ended
  }

  /** Adds events that the journal holds. */
  add(events: EncodedEvent[], ended: boolean): void {
    for (const event of events) this.#events.push(event)
    if (ended) this.#ended = true
  }

  /** The next frame for a follower who holds everything up to `after`; with nothing new, an empty one as a sign of life. */
  frameAfter(after: number): { text: string; upTo: number } {
    const head = `{"type":"run","runId":"${this.runId}","from":${after + 1},"events":[`
    let bytes = head.length + 2
    let text = head
    let upTo = after
    for (; upTo < this.#events.length; upTo++) {
      const event = this.#events[upTo]
      if (event === undefined) break
      bytes += event.bytes + 1
      if (bytes > limits.frame) break
      text += upTo === after ? event.json : `,${event.json}`
    }
    return { text: `${text}]}`, upTo }
  }
}
