import type { Event } from "@omnichat/core/protocol/event"
import type { FollowAck, StartAck, StopAck } from "@omnichat/core/protocol/frame"
import type { RunId } from "@omnichat/core/protocol/id"
import { apply, newReduction } from "@omnichat/core/protocol/reduce"
import type { Reduction } from "@omnichat/core/protocol/reduce"
import type { Channel } from "./channel.ts"
import { ClientError } from "./errors.ts"
import { Feed } from "./feed.ts"
import { guarded } from "./listeners.ts"
import { Reader } from "./reader.ts"
import type { Outcome, Sink } from "./reader.ts"

export type RunEntry = { number: number; event: Event }

/**
 * One run as its caller sees it. Each iteration and each listener is a reader of its own that is given every number
 * after the one the run was followed from, once and in order, whenever it begins and whatever happens to the
 * connection. An iteration that is slower than the run holds at most some 2 MB; the rest is asked for when it is due.
 */
export interface Run extends AsyncIterable<RunEntry> {
  readonly runId: RunId
  /** The answer to the start or follow. Rejects with a ClientError when it is refused; the readers end with it too. */
  readonly ack: Promise<StartAck | FollowAck>
  /** Stops the run, as `client.stop` does. */
  stop(): Promise<StopAck>
  /** Ends all reading here. The run goes on; `message()` rejects with `offline`, listeners hear no more. */
  leave(): void
  /** The run's message, after the terminal event: always of all its events. */
  message(): Promise<Reduction>
  /** Gives each slice of events as it comes; `from` is the number of the first. Gives back what ends it. */
  onEvents(listener: (from: number, events: Event[]) => void): () => void
  /** Called once, after the last slice of the others: without an error at the terminal event. Gives back what ends it. */
  onEnd(listener: (error?: ClientError) => void): () => void
}

export type RunHands = {
  after: number
  ack: Promise<StartAck | FollowAck>
  /** The run's channel, a new one where it was forgotten. */
  channel(): Channel
  stop(): Promise<StopAck>
}

export class ClientRun implements Run {
  readonly runId: RunId
  readonly ack: Promise<StartAck | FollowAck>
  readonly #hands: RunHands
  readonly #readers = new Map<Reader, () => void>()
  #over: Outcome | undefined
  #message: Promise<Reduction> | undefined

  constructor(runId: RunId, hands: RunHands) {
    this.runId = runId
    this.#hands = hands
    this.ack = hands.ack
    // Who only reads hears of a refusal there; the promise alone must not end a program as unhandled.
    this.ack.catch((error: ClientError) => this.#finish(error))
  }

  stop(): Promise<StopAck> {
    return this.#hands.stop()
  }

  leave(): void {
    this.#finish("left")
    this.#hands.channel().unwanted()
  }

  message(): Promise<Reduction> {
    this.#message ??= new Promise((resolve, reject) => {
      const reduction = newReduction()
      const stop = this.#read(0, {
        slice: ({ from, events }) => {
          try {
            for (const event of events) apply(reduction, event)
          } catch (thrown) {
            reject(new ClientError("internal", `The events from ${from} on make no message.`, { cause: thrown }))
            stop()
          }
        },
        end: (outcome) => {
          if (outcome === "ended") resolve(reduction)
          else reject(outcome === "left" ? new ClientError("offline", "The run was left before its end.") : outcome)
        },
      })
    })
    return this.#message
  }

  onEvents(listener: (from: number, events: Event[]) => void): () => void {
    return this.#read(this.#hands.after, {
      slice: ({ from, events }) => guarded(() => listener(from, events)),
      end: () => {},
    })
  }

  onEnd(listener: (error?: ClientError) => void): () => void {
    return this.#read(this.#hands.after, {
      slice: () => {},
      end: (outcome) => {
        if (outcome === "ended") guarded(() => listener())
        else if (outcome !== "left") guarded(() => listener(outcome))
      },
    })
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<RunEntry, void, undefined> {
    const channel = this.#hands.channel()
    const feed = new Feed({
      full: () => {
        reader.pause()
        channel.unwanted()
      },
      drained: () => {
        reader.resume()
        channel.resumed()
      },
    })
    const reader = new Reader(this.#hands.after, feed)
    const stop = this.#attach(reader, channel)
    try {
      for (let slices = await feed.next(); slices; slices = await feed.next()) {
        for (const { from, events } of slices) {
          for (const [at, event] of events.entries()) {
            if (this.#over === "left") return
            yield { number: from + at, event }
          }
        }
        feed.consumed()
      }
    } finally {
      stop()
    }
  }

  /** Ends all reading here, because there is nothing to read. */
  refuse(error: ClientError): void {
    this.#finish(error)
  }

  #read(after: number, sink: Sink): () => void {
    return this.#attach(new Reader(after, sink), this.#hands.channel())
  }

  /** The channel is kept as long as it has a reader, so what is given back means the same one. */
  #attach(reader: Reader, channel: Channel): () => void {
    const over = this.#over
    if (over !== undefined) {
      queueMicrotask(() => reader.end(over)) // no listener is called before it has been handed over
      return () => {}
    }
    const stop = () => {
      this.#readers.delete(reader)
      channel.detach(reader)
    }
    this.#readers.set(reader, stop)
    channel.attach(reader)
    return stop
  }

  #finish(outcome: Outcome): void {
    this.#over ??= outcome
    for (const [reader, stop] of [...this.#readers]) {
      stop()
      reader.end(this.#over)
    }
  }
}
