import { describe } from "../log.ts"
import type { Log } from "../log.ts"
import { OmniError, toOmniError } from "../protocol/error.ts"
import type { Clock } from "../store/clock.ts"
import type { ProviderModel } from "./provider.ts"
import type { ModelServer } from "./source.ts"

/** A server's last reply to the question what it has. */
export type Listing = { at: number; models: ProviderModel[] } | { at: number; error: OmniError }

/** How long a server may take to say what it has, in milliseconds. */
const timeLimitMs = 2_000

type ListerOptions = {
  /** How logs and memory name it. */
  key: string
  clock: Clock
  log: Log
  /** What it had when it was last asked, perhaps by an earlier process. */
  lastSeen: ProviderModel[] | undefined
  onSeen: (models: ProviderModel[]) => void
}

/** Asks one server what it has: once at a time, not for longer than the time limit, and keeps what it last had. */
export class Lister {
  /** Undefined until it has answered once. */
  lastSeen: ProviderModel[] | undefined
  #seenAt = Number.NEGATIVE_INFINITY
  #listing: Listing | undefined
  #underWay: Promise<Listing> | undefined
  readonly #options: ListerOptions

  constructor(options: ListerOptions) {
    this.#options = options
    this.lastSeen = options.lastSeen
  }

  /** Milliseconds since this process last heard what it has. */
  get seenAgo(): number {
    return this.#options.clock.now() - this.#seenAt
  }

  /** Its last reply if that is not older than `maxAgeMs`, else a new one. Never rejects. */
  async reply(server: Pick<ModelServer, "list">, maxAgeMs: number): Promise<Listing> {
    if (this.#listing !== undefined && this.#options.clock.now() - this.#listing.at <= maxAgeMs) return this.#listing
    this.#underWay ??= this.#ask(server)
    return this.#underWay
  }

  async #ask(server: Pick<ModelServer, "list">): Promise<Listing> {
    const { clock } = this.#options
    const outOfTime = new AbortController()
    const answered = new AbortController()
    void clock.sleep(timeLimitMs, answered.signal).then(() => {
      if (!answered.signal.aborted) outOfTime.abort(this.#tooSlow())
    })
    let listing: Listing
    try {
      const models = await server.list(outOfTime.signal)
      listing = { at: clock.now(), models }
      this.lastSeen = models
      this.#seenAt = listing.at
      this.#options.onSeen(models)
    } catch (thrown) {
      listing = { at: clock.now(), error: this.#foreseen(outOfTime.signal.aborted ? outOfTime.signal.reason : thrown) }
    }
    answered.abort()
    this.#report(listing)
    this.#listing = listing
    this.#underWay = undefined
    return listing
  }

  #tooSlow(): OmniError {
    const message = `${this.#options.key} did not say within ${timeLimitMs / 1000} s which models it has.`
    return new OmniError("model_unavailable", message)
  }

  #foreseen(thrown: unknown): OmniError {
    if (!(thrown instanceof OmniError)) {
      this.#options.log.error("model_list_failed", { source: this.#options.key, error: describe(thrown) })
    }
    return toOmniError(thrown)
  }

  /** Logs when a server comes or goes, not every time it is asked. */
  #report(listing: Listing): void {
    const was = this.#listing && "error" in this.#listing
    const is = "error" in listing
    if (was === is) return
    if (is) this.#options.log.warn("model_source_lost", { source: this.#options.key, error: listing.error.message })
    else this.#options.log.info("model_source_found", { source: this.#options.key, models: listing.models.length })
  }
}
