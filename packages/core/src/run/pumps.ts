import { ConnectionBusy, type Connections } from "../connection/connections.ts"
import { type Log, describe } from "../log.ts"
import type { Clock, Timer } from "../store/clock.ts"
import type { EventLog } from "./event-log.ts"
import type { Follower } from "./record.ts"
import type { RunSettings } from "./settings.ts"
import { type Wake, topics } from "./wake.ts"

export type PumpPorts = {
  connections: Connections
  clock: Clock & Timer
  wake: Wake
  log: Log
  runSettings: RunSettings
}

/**
 * One loop for each follower of a run: a cursor, at most one post in flight, and the next frame is whatever lies between
 * the cursor and the newest durable event. Replay, live, a slow client and a second tab are this one loop.
 */
export class Pumps {
  readonly #ports: PumpPorts
  readonly #log: EventLog
  readonly #gone: (connectionId: string, nonce: string) => void
  readonly #pumps = new Map<string, Pump>()
  #over = false

  /** `gone` is called when a follower's connection is no more. */
  constructor(ports: PumpPorts, log: EventLog, gone: (connectionId: string, nonce: string) => void) {
    this.#ports = ports
    this.#log = log
    this.#gone = gone
  }

  get following(): boolean {
    for (const pump of this.#pumps.values()) if (!pump.stopped) return true
    return false
  }

  /** Takes over the list of followers as it stands on the run: new ones begin, missing ones end, a new nonce starts over. */
  sync(followers: Record<string, Follower>): void {
    // A list that was read before the end and comes after it: whoever posts for nobody would keep its follower from asking.
    if (this.#over) return
    for (const [connectionId, follower] of Object.entries(followers)) {
      const pump = this.#pumps.get(connectionId)
      if (pump === undefined || (pump.stopped && pump.nonce !== follower.nonce)) this.#begin(connectionId, follower)
      else if (pump.nonce !== follower.nonce) pump.restart(follower)
    }
    for (const [connectionId, pump] of this.#pumps) if (followers[connectionId] === undefined) pump.stop()
  }

  /** There may be something new. */
  wake(): void {
    for (const pump of this.#pumps.values()) pump.wake()
  }

  /** For good: nobody who follows anew is taken on. */
  stop(): void {
    this.#over = true
    for (const pump of this.#pumps.values()) pump.stop()
  }

  /** Resolves when every follower has the terminal event, has left, or is gone. */
  async finished(): Promise<void> {
    await Promise.all(Array.from(this.#pumps.values(), (pump) => pump.finished))
  }

  /** Resolves when every follower has the terminal event, or the time for that is over; then all pumps have stopped. */
  async drain(): Promise<void> {
    const { clock, runSettings } = this.#ports
    let cancel = (): void => {}
    const timeUp = new Promise<void>((resolve) => (cancel = clock.after(runSettings.drain, resolve)))
    await Promise.race([this.finished(), timeUp])
    cancel()
    this.stop()
  }

  /** Stops all pumps and waits for the posts that are under way. */
  async settle(): Promise<void> {
    this.stop()
    await this.finished()
  }

  #begin(connectionId: string, follower: Follower): void {
    const pump = new Pump(this.#ports, this.#log, connectionId, follower, this.#gone)
    this.#pumps.set(connectionId, pump)
  }
}

class Pump {
  /** Resolves when the pump has stopped. */
  readonly finished: Promise<void>
  readonly #ports: PumpPorts
  readonly #log: EventLog
  readonly #connectionId: string
  readonly #gone: (connectionId: string, nonce: string) => void
  #nonce: string
  #cursor: number
  #stopped = false
  #wakeUp: () => void = () => {}

  constructor(
    ports: PumpPorts,
    log: EventLog,
    connectionId: string,
    follower: Follower,
    gone: (connectionId: string, nonce: string) => void,
  ) {
    this.#ports = ports
    this.#log = log
    this.#connectionId = connectionId
    this.#gone = gone
    this.#nonce = follower.nonce
    this.#cursor = follower.after
    const unlisten = ports.wake.listen(topics.unfollowed(log.runId, connectionId), () => this.stop())
    this.finished = this.#run().finally(unlisten)
  }

  get stopped(): boolean {
    return this.#stopped
  }

  get nonce(): string {
    return this.#nonce
  }

  /** The follower asked again: its cursor starts over. */
  restart(follower: Follower): void {
    this.#nonce = follower.nonce
    this.#cursor = follower.after
    this.wake()
  }

  wake(): void {
    this.#wakeUp()
  }

  stop(): void {
    this.#stopped = true
    this.wake()
  }

  async #run(): Promise<void> {
    const { clock, runSettings } = this.#ports
    let backoff = runSettings.postBackoff.first
    let lastPost = clock.now()
    while (!this.#stopped) {
      const silence = clock.now() - lastPost
      if (this.#cursor >= this.#log.last && (this.#log.ended || silence < runSettings.signOfLife)) {
        if (this.#log.ended) return this.stop()
        await this.#rest(runSettings.signOfLife - silence)
      } else if (await this.#post()) {
        lastPost = clock.now()
        backoff = runSettings.postBackoff.first
      } else {
        await clock.sleep(backoff)
        backoff = Math.min(backoff * 2, runSettings.postBackoff.most)
      }
    }
  }

  /** Posts one frame; false when the connection did not take it, and the cursor stands where it stood. */
  async #post(): Promise<boolean> {
    const { connections, runSettings, log } = this.#ports
    const cursor = this.#cursor
    const nonce = this.#nonce
    try {
      const result = await connections.post(this.#connectionId, () => this.#nextFrame(), runSettings.postTimeout)
      if (result === "gone") {
        this.#gone(this.#connectionId, nonce)
        if (nonce === this.#nonce) this.stop()
      }
      return true
    } catch (error) {
      if (nonce === this.#nonce) this.#cursor = cursor
      if (!(error instanceof ConnectionBusy))
        log.warn("frame-not-sent", { run: this.#log.runId, error: describe(error) })
      return false
    }
  }

  #nextFrame(): string | undefined {
    if (this.#stopped) return undefined
    const frame = this.#log.frameAfter(this.#cursor)
    this.#cursor = frame.upTo
    return frame.text
  }

  async #rest(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const cancel = this.#ports.clock.after(ms, resolve)
      this.#wakeUp = () => {
        cancel()
        resolve()
      }
    })
    this.#wakeUp = () => {}
  }
}
