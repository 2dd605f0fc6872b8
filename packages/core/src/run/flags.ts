import { describe } from "../log.ts"
import type { RunPorts } from "./ports.ts"
import type { RunRecord } from "./record.ts"
import { readRecord } from "./store.ts"
import { topics } from "./wake.ts"

/**
 * Append, then read the flags. A handler registers and then reads the journal, a worker appends and then reads the
 * record: whichever comes first, the follower is in the list that is read, or finds the batch in the journal. So every
 * append asks for a read that is *sent* after the append had returned; one that is under way does not count.
 */
export class Flags {
  readonly #ports: Pick<RunPorts, "table" | "clock" | "wake" | "log" | "runSettings">
  readonly #record: RunRecord
  readonly #seen: (record: RunRecord | undefined) => void
  readonly #over: AbortSignal
  #reading: Promise<void> | undefined
  #askedAgain = false
  #readSentAt = 0

  constructor(
    ports: Pick<RunPorts, "table" | "clock" | "wake" | "log" | "runSettings">,
    record: RunRecord,
    seen: (record: RunRecord | undefined) => void,
    over: AbortSignal,
  ) {
    this.#over = over
    this.#ports = ports
    this.#record = record
    this.#seen = seen
  }

  /** Reads the record, consistently; resolves when a read that was sent after this call has been seen. */
  async read(): Promise<void> {
    if (this.#reading) {
      this.#askedAgain = true
      await this.#reading
      return
    }
    this.#reading = this.#readOnce()
    await this.#reading
  }

  /** Looks by itself, and at every hint, until the turn is over. */
  async poll(): Promise<void> {
    const { clock, wake, runSettings } = this.#ports
    const unlisten = wake.listen(topics.state(this.#record.runId), () => void this.read())
    try {
      while (!this.#over.aborted) {
        await clock.sleep(this.#readSentAt + runSettings.flagsPoll - clock.now(), this.#over)
        if (!this.#over.aborted && clock.now() >= this.#readSentAt + runSettings.flagsPoll) await this.read()
      }
    } finally {
      unlisten()
    }
  }

  async #readOnce(): Promise<void> {
    const { table, clock, log, runSettings } = this.#ports
    let backoff = runSettings.appendBackoff.first
    while (!this.#over.aborted) {
      this.#askedAgain = false
      this.#readSentAt = clock.now()
      try {
        this.#seen(await readRecord(table, this.#record.runId))
        if (this.#askedAgain) continue
        break
      } catch (error) {
        log.warn("flags-not-read", { run: this.#record.runId, error: describe(error) })
        await clock.sleep(backoff, this.#over)
        backoff = Math.min(backoff * 2, runSettings.appendBackoff.most)
      }
    }
    this.#reading = undefined
  }
}
