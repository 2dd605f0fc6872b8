import { describe } from "../log.ts"
import type { ChosenModel } from "../model/models.ts"
import { MustWait } from "../model/provider.ts"
import type { ModelRequest } from "../model/provider.ts"
import { OmniError, type WireError, toOmniError } from "../protocol/error.ts"
import type { FinishReason } from "../protocol/event.ts"
import { Answer } from "./answer.ts"
import { Blocks } from "./blocks.ts"
import type { Outcome } from "./closing.ts"
import { closeRun } from "./close.ts"
import { afterEnd } from "./end.ts"
import { EventLog } from "./event-log.ts"
import { Flags } from "./flags.ts"
import type { Work } from "./dispatcher.ts"
import { Fenced, reduceJournal } from "./journal.ts"
import { keepLease } from "./lease.ts"
import type { RunPorts } from "./ports.ts"
import type { Preparation } from "./preparation.ts"
import { prepare } from "./prepare.ts"
import { Pumps } from "./pumps.ts"
import type { RunRecord } from "./record.ts"
import { handOver, readTaken, renew, take, unregister } from "./store.ts"
import { topics } from "./wake.ts"
import { Writer } from "./writer.ts"

export type ExecuteOptions = {
  /** Aborted when the process is to end: the run is closed as interrupted, retryable. */
  shutdown?: AbortSignal
  /** When the process ends by itself, epoch milliseconds. */
  deadline?: number
  /** Whether to give the run back at this step boundary, to be taken again. */
  handOver?: () => boolean
}

/**
 * One turn of a run by one worker: take it, ask the model, write every event to the journal and only then to the
 * followers, and end it. Returns when the turn is over; a run that somebody else holds is no error.
 */
export async function executeRun(ports: RunPorts, work: Work, options: ExecuteOptions = {}): Promise<void> {
  const { runId, turn, claimed } = work
  const { table, clock, runSettings } = ports
  const owner = claimed?.owner ?? crypto.randomUUID()
  const taking = claimed
    ? readTaken(table, runId, owner)
    : take(table, runId, turn, owner, clock.now() + runSettings.lease)
  const preparation = claimed?.preparation ?? prepare(ports, work)
  const attempt = await taking
  if (!attempt.done && attempt.record?.owner !== owner) return
  if (attempt.record === undefined) return
  await new Turn(ports, attempt.record, owner, options).execute(preparation)
}

/**
 * Why a turn goes no further: an outcome to write, or nothing to write at all. A turn that is `stuck` still holds the
 * run but could not write to it: it lets go, and closes the run if the store takes that.
 */
type Halt = Outcome | "fenced" | "handed-over" | "stuck"

class Turn {
  readonly #ports: RunPorts
  readonly #record: RunRecord
  readonly #owner: string
  readonly #options: ExecuteOptions
  readonly #log: EventLog
  readonly #pumps: Pumps
  readonly #flags: Flags
  readonly #over = new AbortController()
  readonly #upstream = new AbortController()
  readonly #halted: Promise<Halt>
  #halt: (halt: Halt) => void = () => {}
  #writer: Writer | undefined
  /** The run is being given back: that its owner goes away is no surprise then. */
  #givingBack = false

  constructor(ports: RunPorts, record: RunRecord, owner: string, options: ExecuteOptions) {
    this.#ports = ports
    this.#record = record
    this.#owner = owner
    this.#options = options
    this.#log = new EventLog(record.runId)
    this.#pumps = new Pumps(ports, this.#log, (connectionId, nonce) => void this.#forget(connectionId, nonce))
    this.#flags = new Flags(ports, record, (seen) => this.#see(seen), this.#over.signal)
    this.#halted = new Promise((resolve) => (this.#halt = resolve))
  }

  async execute(preparation: Preparation): Promise<void> {
    const { clock, log, metrics } = this.#ports
    const { runId } = this.#record
    void keepLease(
      this.#ports,
      this.#record,
      this.#owner,
      { renewed: (record) => this.#seeStop(record), lost: () => this.#seeLoss() },
      this.#over.signal,
    )
    void this.#watchTime()
    try {
      const journal = await preparation.journal()
      if (journal.ended) return
      this.#log.add(journal.events, false)
      const answer = new Answer(reduceJournal(journal), this.#record.createdAt)
      this.#see(this.#record)
      void this.#flags.poll()
      metrics.observe("queue_seconds", Math.max(0, clock.now() - this.#record.queuedAt) / 1000)
      const halt = await Promise.race([this.#speak(answer, preparation), this.#halted])
      await this.#finish(halt, answer)
    } catch (error) {
      metrics.count("runs_fenced_total")
      if (error instanceof Fenced) return
      log.error("turn-failed", { run: runId, error: describe(error) })
      await this.#letGo()
    } finally {
      this.#upstream.abort()
      this.#pumps.stop()
      this.#over.abort()
    }
  }

  /** Asks the model and takes in its answer. Never rejects; what goes wrong is an outcome. */
  async #speak(answer: Answer, preparation: Preparation): Promise<Halt> {
    try {
      if (this.#record.stop) return { status: "stopped" }
      if (this.#mustHandOver()) return await this.#giveBack()
      const { request, model, messages } = await preparation.question
      // Whoever halted the turn meanwhile writes its end; nothing may be said after it.
      if (this.#upstream.signal.aborted) return "fenced"
      this.#writer = this.#openWriter(answer, model)
      answer.openStep()
      const prefix = request.continues === undefined ? "" : answer.text()
      if (prefix !== "") messages.push({ role: "assistant", content: [{ type: "text", text: prefix }] })
      const { runId, turn, userId } = this.#record
      const asked = { messages, params: request.params, asker: { runId, turn, userId } }
      const finishReason = await this.#listen(answer, model, asked)
      return { status: "complete", finishReason }
    } catch (error) {
      if (error instanceof MustWait && !this.#upstream.signal.aborted) return this.#wait()
      return { status: "failed", error: this.#explain(error) }
    }
  }

  async #listen(answer: Answer, model: ChosenModel, request: Omit<ModelRequest, "model">): Promise<FinishReason> {
    const { clock } = this.#ports
    const { signal } = this.#upstream
    const blocks = new Blocks(answer.reduction.open.text)
    for await (const event of model.provider.stream({ model: model.name, ...request }, signal)) {
      if (signal.aborted) throw new Error("the turn is over")
      const renamed = blocks.rename(event)
      const finishReason = renamed && answer.take(renamed, clock.now())
      if (finishReason !== undefined) return finishReason
      this.#writer?.poke()
    }
    throw new OmniError("upstream_failed", `${model.id} ended its answer without saying that it was done. Try again.`)
  }

  async #finish(halt: Halt, answer: Answer): Promise<void> {
    this.#upstream.abort()
    // A turn that ends after all listens to the record again, also when it was about to give the run back.
    this.#givingBack = false
    const writer = (this.#writer ??= this.#openWriter(answer, undefined))
    await writer.close()
    if (halt === "fenced") {
      this.#ports.metrics.count("runs_fenced_total")
      return
    }
    if (halt === "handed-over") return
    if (halt === "stuck") return this.#letGo()
    const end = await writer.end(halt)
    this.#measure(end.status, end.usage.outputTokens, end.usage.durationMs, end.usage.firstTokenMs)
    const told = afterEnd(this.#ports, this.#record)
    const { clock, runSettings } = this.#ports
    const patience = new Promise<void>((resolve) => clock.after(runSettings.drain, resolve))
    await Promise.race([this.#flags.read(), patience])
    await this.#pumps.drain()
    await told
  }

  /** Gives the run back to stand in line: who drives the line calls the next worker. Nothing was said in this turn. */
  async #wait(): Promise<Halt> {
    await this.#writer?.close()
    try {
      return await this.#giveBack("pool")
    } catch (error) {
      return { status: "failed", error: this.#explain(error) }
    }
  }

  async #giveBack(waitsFor?: "pool"): Promise<Halt> {
    const { table, clock, dispatcher } = this.#ports
    this.#givingBack = true
    const attempt = await handOver(table, this.#record.runId, this.#owner, clock.now(), waitsFor)
    if (!attempt.done) {
      this.#givingBack = false
      return attempt.record?.stop ? { status: "stopped" } : "fenced"
    }
    // The next worker posts from now on, so what is under way here must have arrived before it is called.
    await this.#pumps.settle()
    if (waitsFor === undefined) await dispatcher.dispatch({ runId: this.#record.runId, turn: this.#record.turn })
    return "handed-over"
  }

  #mustHandOver(): boolean {
    const { deadline, handOver: wanted } = this.#options
    if (wanted?.()) return true
    return deadline !== undefined && deadline - this.#ports.clock.now() < this.#ports.runSettings.handOverBefore
  }

  #openWriter(answer: Answer, model: ChosenModel | undefined): Writer {
    const { runSettings } = this.#ports
    const cheap = model?.outputPrice !== undefined && model.outputPrice < runSettings.cheapBelow
    return new Writer(
      this.#ports,
      { record: this.#record, owner: this.#owner, answer, log: this.#log, cheap },
      {
        appended: () => {
          this.#pumps.wake()
          void this.#flags.read()
        },
        lost: (error) => {
          if (error instanceof Fenced) return this.#halt("fenced")
          this.#ports.log.error("journal-not-written", { run: this.#record.runId, error: describe(error) })
          this.#halt("stuck")
        },
        followed: () => this.#pumps.following || this.#ports.wake.isHeard(topics.events(this.#record.runId)),
      },
    )
  }

  /** What a read of the record gave. */
  #see(record: RunRecord | undefined): void {
    if (this.#givingBack) return
    if (record === undefined || (record.owner !== this.#owner && !this.#log.ended)) return this.#halt("fenced")
    this.#pumps.sync(record.followers)
    this.#writer?.poke()
    this.#seeStop(record)
  }

  #seeLoss(): void {
    if (!this.#givingBack) this.#halt("fenced")
  }

  /** Ends the lease at once, so that the run can be closed without waiting for it, and closes it. */
  async #letGo(): Promise<void> {
    this.#over.abort()
    try {
      const attempt = await renew(this.#ports.table, this.#record.runId, this.#owner, 0)
      if (attempt.done) await closeRun(this.#ports, attempt.record)
    } catch (error) {
      this.#ports.log.error("run-not-let-go", { run: this.#record.runId, error: describe(error) })
    }
  }

  #seeStop(record: RunRecord): void {
    if (record.stop) this.#halt({ status: "stopped" })
  }

  async #forget(connectionId: string, nonce: string): Promise<void> {
    try {
      await unregister(this.#ports.table, this.#record.runId, connectionId, nonce)
    } catch (error) {
      this.#ports.log.warn("follower-not-removed", { run: this.#record.runId, error: describe(error) })
    }
  }

  /** Ends the run honestly before the process ends. */
  async #watchTime(): Promise<void> {
    const { clock, runSettings } = this.#ports
    const { shutdown, deadline } = this.#options
    const leave = () => this.#halt({ status: "interrupted", error: interrupted.toWire() })
    if (shutdown?.aborted) return leave()
    shutdown?.addEventListener("abort", leave, { signal: this.#over.signal })
    if (deadline === undefined) return
    await clock.sleep(deadline - runSettings.closeBefore - clock.now(), this.#over.signal)
    if (!this.#over.signal.aborted) leave()
  }

  #explain(error: unknown): WireError {
    if (!(error instanceof OmniError) && !this.#upstream.signal.aborted) {
      this.#ports.log.error("answer-failed", { run: this.#record.runId, error: describe(error) })
    }
    return toOmniError(error).toWire()
  }

  #measure(status: string, tokens: number, durationMs: number, firstTokenMs: number | undefined): void {
    const { metrics, log } = this.#ports
    metrics.count("runs_ended_total", { status })
    metrics.count("output_tokens_total", {}, tokens)
    metrics.observe("run_seconds", durationMs / 1000)
    if (firstTokenMs !== undefined) {
      metrics.observe("first_token_seconds", firstTokenMs / 1000)
      if (durationMs > firstTokenMs) metrics.observe("tokens_per_second", (tokens * 1000) / (durationMs - firstTokenMs))
    }
    log.info("run-ended", { run: this.#record.runId, status, tokens, ms: durationMs })
  }
}

const interrupted = new OmniError(
  "interrupted",
  "The server was stopped while this was being written. Go on from here, or ask again.",
)
