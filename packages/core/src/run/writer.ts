import { describe } from "../log.ts"
import type { EndMetadata } from "../protocol/event.ts"
import { type Outcome, closingEvents } from "./closing.ts"
import type { Answer } from "./answer.ts"
import type { EncodedEvent } from "./encode.ts"
import { writeEnd } from "./end.ts"
import type { EventLog } from "./event-log.ts"
import { type Batch, Fenced, append } from "./journal.ts"
import type { RunPorts } from "./ports.ts"
import type { RunRecord } from "./record.ts"
import { topics } from "./wake.ts"

/** About how much one batch takes, in characters; an item has 400 KB at most, and a character up to six bytes as JSON. */
const batchCharacters = 50_000

/**
 * The journal side of one turn: takes what the answer has waiting, makes it durable in one strict series of appends at
 * the cadence of the settings, and tells `appended` after each.
 */
export class Writer {
  readonly #ports: RunPorts
  readonly #record: RunRecord
  readonly #owner: string
  readonly #answer: Answer
  readonly #log: EventLog
  readonly #cheap: boolean
  readonly #on: { appended(): void; lost(error: unknown): void; followed(): boolean }
  #lastFlush: number | undefined
  #firstFlush: number | undefined
  #timer: { due: number; cancel: () => void } | undefined
  #appending: Promise<void> | undefined
  #closed = false
  /** Why a batch that was taken from the answer is not known to be durable. */
  #lost: Error | undefined

  constructor(
    ports: RunPorts,
    turn: { record: RunRecord; owner: string; answer: Answer; log: EventLog; cheap: boolean },
    on: { appended(): void; lost(error: unknown): void; followed(): boolean },
  ) {
    this.#ports = ports
    this.#record = turn.record
    this.#owner = turn.owner
    this.#answer = turn.answer
    this.#log = turn.log
    this.#cheap = turn.cheap
    this.#on = on
  }

  /** There is something waiting: it is written when its time has come. */
  poke(): void {
    if (this.#closed || this.#appending || !this.#answer.hasWaiting) return
    // The first words go out at once, and not an interval after the block that they begin.
    if (this.#firstFlush === undefined && !this.#answer.hasWordsWaiting) return
    const wait = this.#waitBeforeFlush()
    if (wait <= 0) {
      this.#clearTimer()
      this.#appending = this.#flush()
    } else this.#wakeIn(wait)
  }

  /** Nothing is written from here on; resolves when what was under way has returned. */
  async close(): Promise<void> {
    this.#closed = true
    this.#clearTimer()
    await this.#appending
  }

  /**
   * Ends the run with what waits and the closing events. After `close` only. Throws Fenced when somebody else was first,
   * and what kept an earlier batch from being written: without it the journal would have a hole.
   */
  async end(outcome: Outcome): Promise<EndMetadata> {
    const { clock } = this.#ports
    if (this.#lost !== undefined) throw this.#lost
    while (this.#answer.waitingBytes > batchCharacters) await this.#append(this.#answer.drain(batchCharacters))
    const usage = this.#answer.usage(clock.now())
    for (const event of closingEvents(this.#answer.reduction, outcome, usage)) this.#answer.push(event)
    const { reduction } = this.#answer
    const end = reduction.end
    if (end === undefined) throw new Error("the closing events hold no end")
    const batch = this.#nextBatch(this.#answer.drain(Number.POSITIVE_INFINITY))
    const result = await this.#insist(() =>
      writeEnd(this.#ports, { record: this.#record, batch, reduction, end }, this.#owner),
    )
    if (result === "beaten") throw new Fenced(`${this.#record.runId} was ended by somebody else`)
    this.#made(batch)
    return end
  }

  #waitBeforeFlush(): number {
    const { clock, runSettings } = this.#ports
    if (this.#lastFlush === undefined || this.#firstFlush === undefined) return 0
    const now = clock.now()
    const { flush } = runSettings
    if (!this.#on.followed()) {
      return this.#answer.waitingBytes >= runSettings.unfollowedBytes ? 0 : this.#lastFlush + flush.unfollowed - now
    }
    const late = this.#cheap ? flush.lateForCheap : flush.late
    return this.#lastFlush + (now - this.#firstFlush < flush.earlyFor ? flush.early : late) - now
  }

  #wakeIn(ms: number): void {
    const { clock } = this.#ports
    const due = clock.now() + ms
    if (this.#timer && this.#timer.due <= due) return
    this.#clearTimer()
    const cancel = clock.after(ms, () => {
      this.#timer = undefined
      this.poke()
    })
    this.#timer = { due, cancel }
  }

  #clearTimer(): void {
    this.#timer?.cancel()
    this.#timer = undefined
  }

  async #flush(): Promise<void> {
    this.#lastFlush = this.#ports.clock.now()
    this.#firstFlush ??= this.#lastFlush
    try {
      await this.#append(this.#answer.drain(batchCharacters))
    } catch (error) {
      this.#closed = true
      this.#lost = error instanceof Error ? error : new Error("a batch was not written", { cause: error })
      this.#on.lost(error)
    } finally {
      this.#appending = undefined
    }
    this.poke()
  }

  async #append(events: EncodedEvent[]): Promise<void> {
    if (events.length === 0) return
    const batch = this.#nextBatch(events)
    await this.#insist(() => append(this.#ports.table, this.#record.runId, batch, this.#expiresAt()))
    this.#made(batch)
  }

  /** Tries a write of ours until it is known to be done or refused: the store may be full, slow, or away for a while. */
  async #insist<T>(write: () => Promise<T>): Promise<T> {
    const { clock, log, runSettings } = this.#ports
    let backoff = runSettings.appendBackoff.first
    const giveUpAt = clock.now() + runSettings.lease
    for (;;) {
      try {
        return await write()
      } catch (error) {
        const hopeless = error instanceof Fenced || error instanceof TypeError || error instanceof RangeError
        if (hopeless || clock.now() >= giveUpAt) throw error
        log.warn("journal-write-retried", { run: this.#record.runId, error: describe(error) })
        await clock.sleep(backoff)
        backoff = Math.min(backoff * 2, runSettings.appendBackoff.most)
      }
    }
  }

  #nextBatch(events: EncodedEvent[]): Batch {
    const first = this.#log.last + 1
    return { first, last: first + events.length - 1, by: this.#owner, events }
  }

  #made(batch: Batch): void {
    const terminal = this.#answer.reduction.terminal !== undefined
    this.#log.add(batch.events, terminal)
    this.#ports.wake.notify(topics.events(this.#record.runId))
    this.#on.appended()
  }

  #expiresAt(): number {
    return Math.ceil((this.#ports.clock.now() + 2 * this.#ports.runSettings.keepJournal) / 1000)
  }
}
