import type { Event } from "@omnichat/core/protocol/event"
import { isTerminal } from "@omnichat/core/protocol/event"
import type { Process, World } from "./world.ts"

/** A client as the protocol describes it: skips overlaps, keeps early frames aside, asks again after a gap or silence. */
export class FollowerModel {
  readonly name: string
  connectionId: string
  /** Events by number, from 1, as text; what the person has seen. */
  readonly held: string[] = []
  ended = false
  /** When frames came, in virtual time. */
  readonly frameTimes: number[] = []
  /** How often the silence timer had to help: never, in a world without faults. */
  silences = 0
  readonly #world: World
  readonly #process: Process
  readonly #aside = new Map<number, string>()
  readonly #ask: (follower: FollowerModel) => void
  #cancelSilence: () => void = () => {}
  #cancelGap: (() => void) | undefined

  constructor(world: World, process: Process, name: string, ask: (follower: FollowerModel) => void) {
    this.#world = world
    this.#process = process
    this.name = name
    this.connectionId = `${name}-0`
    this.#ask = ask
  }

  /** A new connection in place of the old one, which may still have frames under way. */
  reconnect(count: number): void {
    this.connectionId = `${this.name}-${count}`
    this.#aside.clear()
    this.listen()
  }

  /** The run is asked for: from now on silence counts. */
  listen(): void {
    this.#cancelSilence()
    if (this.ended) return
    this.#cancelSilence = this.#world.timer(this.#process, 15_000, () => {
      this.silences += 1
      this.#world.note(this.#process, "silence")
      this.listen()
      this.#ask(this)
    })
  }

  receive(text: string): void {
    const frame = JSON.parse(text) as { type: string; from: number; events: Event[] }
    this.listen()
    this.frameTimes.push(this.#world.time)
    for (const [at, event] of frame.events.entries()) {
      const number = frame.from + at
      const json = JSON.stringify(event)
      if (number <= this.held.length) {
        if (this.held[number - 1] !== json) throw new Error(`event ${number} came twice and differed`)
      } else this.#aside.set(number, json)
    }
    for (let json = this.#aside.get(this.held.length + 1); json; json = this.#aside.get(this.held.length + 1)) {
      this.#aside.delete(this.held.length + 1)
      if (this.ended) throw new Error("an event came after the terminal one")
      this.held.push(json)
      if (isTerminal(JSON.parse(json) as Event)) this.ended = true
    }
    if (this.#aside.size === 0) {
      this.#cancelGap?.()
      this.#cancelGap = undefined
    } else {
      this.#cancelGap ??= this.#world.timer(this.#process, 1000, () => {
        this.#cancelGap = undefined
        this.#ask(this)
      })
    }
    if (this.ended) this.#cancelSilence()
  }
}
