import type { Event, RawSocket } from "../support/raw-client.ts"
import type { Step } from "./chaos-schedule.ts"
import { acked } from "./scene.ts"
import type { Fields, Scene } from "./scene.ts"

/** What all followers of a run know of it. */
export type Course = {
  start: Fields & { runId: string; model: string }
  /** Resolves when so many events have been made, or the run is over. */
  made(count: number): Promise<void>
  over(): boolean
  stops: number
  /** Moves while the run was going on. */
  moves: number
}

const isTerminal = (event: Event | undefined): boolean => ["finish", "abort", "error"].includes(event?.type ?? "")

/** One who follows a run over whatever befalls its connections, by the number it holds. */
export class ChaosFollower {
  /** Every event once, in order, from number 1. */
  readonly held: Event[] = []
  readonly problems: string[] = []
  readonly #scene: Scene
  readonly #course: Course
  #socket: RawSocket

  constructor(scene: Scene, course: Course, socket: RawSocket) {
    this.#scene = scene
    this.#course = course
    this.#socket = socket
  }

  /** Does what it has to do, then stays until the terminal event. */
  async follow(steps: Step[]): Promise<void> {
    let count = 0
    for (const step of steps) {
      count += step.wait
      await this.#course.made(count)
      if (!this.#course.over()) this.#course.moves += 1
      await this.#move(step, count)
    }
    this.#take()
    while (!isTerminal(this.held.at(-1))) {
      await this.#over(async (runId) => this.#socket.ended(runId))
      this.#take()
    }
  }

  leave(): void {
    this.#socket.drop()
  }

  async #move({ move, away }: Step, count: number): Promise<void> {
    const { runId, action: _, ...body } = this.#course.start
    switch (move) {
      case "drop":
      case "close":
        if (move === "drop") this.#socket.drop()
        else await this.#socket.close()
        await this.#course.made(count + away)
        return this.#reconnect()
      case "unfollow":
        await this.#over(async () => acked(await this.#socket.unfollow(runId)))
        await this.#course.made(count + away)
        return this.#over(async () => this.#ask(this.#socket.log(runId).last))
      case "pause":
        this.#socket.socket.pause()
        await this.#course.made(count + away)
        this.#socket.socket.resume()
        return
      case "follow":
        return this.#over(async () => this.#ask(this.#socket.log(runId).last))
      case "follow from 0":
        return this.#over(async () => this.#again(async () => this.#ask(0)))
      case "start":
        return this.#over(async () => this.#again(async () => void acked(await this.#socket.act(this.#course.start))))
      case "start by http": {
        const { status } = await this.#scene.http("POST", "/api/runs", { body: { runId, ...body } })
        if (status !== 202) this.problems.push(`the start again was answered by ${status}`)
        return
      }
      case "stop":
        this.#course.stops += 1
        return this.#over(async () => void acked(await this.#socket.act({ action: "run.stop", runId })))
      case "stop by http": {
        this.#course.stops += 1
        const { status } = await this.#scene.http("POST", `/api/runs/${runId}/stop`)
        if (status !== 200) this.problems.push(`the stop was answered by ${status}`)
      }
    }
  }

  /** What goes wrong with the connection is done again over a new one. */
  async #over<T>(work: (runId: string) => Promise<T>): Promise<void> {
    for (;;) {
      const socket = this.#socket
      try {
        await work(this.#course.start.runId)
        return
      } catch (thrown) {
        if (socket.closeCode === undefined) throw thrown
        await this.#reconnect()
      }
    }
  }

  async #reconnect(): Promise<void> {
    this.#take()
    do {
      this.#socket = await this.#scene.connect()
      try {
        await this.#ask(this.held.length)
      } catch (thrown) {
        if (this.#socket.closeCode === undefined) throw thrown
      }
    } while (this.#socket.closeCode !== undefined)
  }

  async #ask(after: number): Promise<void> {
    const { runId } = this.#course.start
    const { last } = acked(await this.#socket.act({ action: "run.follow", runId, after }))
    if (Number(last) < this.held.length)
      this.problems.push(`the last number is ${String(last)}, ${this.held.length} are held`)
  }

  /** After this the run comes once more from its first event. */
  async #again(ask: () => Promise<void>): Promise<void> {
    const log = this.#socket.runs.get(this.#course.start.runId)
    const overlaps = log === undefined || log.last === 0 ? undefined : log.overlaps
    await ask()
    if (overlaps === undefined) return
    await this.#socket.until(() => (log && log.overlaps > overlaps ? true : undefined), "the run once more")
  }

  /** What the connection has brought goes behind what is held; what overlaps must be the same. */
  #take(): void {
    const log = this.#socket.runs.get(this.#course.start.runId)
    if (log === undefined) return
    if (log.after > this.held.length) this.problems.push(`from ${log.after}, and ${this.held.length} are held`)
    for (const [index, event] of log.events.entries()) {
      const held = this.held[log.after + index]
      if (held === undefined) this.held.push(event)
      else if (JSON.stringify(held) !== JSON.stringify(event)) this.problems.push(`two events ${log.after + index + 1}`)
    }
  }
}
