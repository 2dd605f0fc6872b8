import type { Actor } from "@omnichat/core/access/actor"
import type { ChatId, RunId } from "@omnichat/core/protocol/id"
import type { Work } from "@omnichat/core/run/dispatcher"
import { executeRun } from "@omnichat/core/run/execute"
import { followRun, unfollowRun } from "@omnichat/core/run/follow"
import type { RunPorts } from "@omnichat/core/run/ports"
import type { RunRecord } from "@omnichat/core/run/record"
import { defaultRunSettings } from "@omnichat/core/run/settings"
import { startRun } from "@omnichat/core/run/start"
import { stopRun } from "@omnichat/core/run/stop"
import { sweep } from "@omnichat/core/run/sweep"
import { tick } from "@omnichat/core/run/tick"
import { keys } from "@omnichat/core/store/keys"
import { type MemoryTable, memoryTable } from "@omnichat/core/store/memory"
import { FollowerModel } from "./follower.ts"
import { type Faults, portsOf } from "./ports.ts"
import { type Script, scriptedModels } from "./provider.ts"
import { type Decide, Process, World } from "./world.ts"

export const runId: RunId = "run_01HF0000000000000000000000"
export const chatId: ChatId = "cht_01HF0000000000000000000000"
const actor: Actor = { userId: "u", role: "admin" }

export type Scenario = {
  decisions: number[]
  script: Script
  faults: Faults
  /** How many of each may happen. */
  worker: { crashes: number; freezes: number; handOvers: number; twice: number; lost: number }
  client: { followers: number; drops: number; leaves: number; restarts: number }
  stops: number
  ticks: number
}

/** One run from its start to the moment when everybody who follows it has its end. */
export class Play {
  readonly world: World
  readonly table: MemoryTable
  readonly followers: FollowerModel[] = []
  /** What broke a promise while the play went on. */
  readonly failures: string[] = []
  readonly #scenario: Scenario
  readonly #models = new Map<Process, ReturnType<typeof scriptedModels>>()
  readonly #workers: Process[] = []
  readonly #handlers = new Process("handlers")
  readonly #clients = new Process("clients")
  #left: Scenario["worker"] & Scenario["client"] & { stops: number; ticks: number }
  #handOvers: number
  #connections = 0
  #stored = false

  constructor(scenario: Scenario) {
    this.#scenario = scenario
    this.#left = { ...scenario.worker, ...scenario.client, stops: scenario.stops, ticks: scenario.ticks }
    this.#handOvers = scenario.worker.handOvers
    let at = 0
    const decide: Decide = (choices) =>
      (scenario.decisions[at++ % Math.max(1, scenario.decisions.length)] ?? 0) % choices
    this.world = new World(decide, hasFaults(scenario) ? 4000 : 400)
    this.table = memoryTable({ now: () => this.world.time, pageSize: 3 })
  }

  /** Plays until everybody has the end, or gives up after some minutes of virtual time. */
  async run(atMost = 400_000): Promise<void> {
    const until = this.world.time + atMost
    this.#act("start", (ports, follower) => this.#start(ports, follower), this.#newFollower())
    this.#every(10_000, () => this.#sweep())
    // A model that never ends is stopped by somebody at last.
    if (this.#scenario.script.end === "hang") this.#every(60_000, () => this.#stop())
    for (let at = 1; at < this.#scenario.client.followers; at++) {
      this.world.add("somebody opens a second tab", this.#clients, () => this.#ask(this.#newFollower()))
    }
    for (let turns = 0; turns < 20_000 && this.world.time < until && !this.#isOver(); turns++) {
      this.#mischief()
      if (!(await this.world.turn())) break
    }
    // What is under way after the end may not change it.
    for (let turns = 0; turns < 60; turns++) await this.world.turn()
  }

  record(): RunRecord | undefined {
    const key = keys.run(runId)
    return this.table.items().find((item) => item.pk === key.pk && item.sk === key.sk) as RunRecord | undefined
  }

  /** Asked at every step; what is stored stays. */
  #isStored(): boolean {
    return (this.#stored ||= this.record() !== undefined)
  }

  #isOver(): boolean {
    return (
      this.followers.length >= this.#scenario.client.followers && this.followers.every((follower) => follower.ended)
    )
  }

  #newFollower(): FollowerModel {
    const follower = new FollowerModel(this.world, this.#clients, `client${this.followers.length}`, (one) =>
      this.#ask(one),
    )
    this.followers.push(follower)
    follower.listen()
    return follower
  }

  /** Now and then the schedule makes something happen that nobody asked for. */
  #mischief(): void {
    const left = this.#left
    const wish = (kind: keyof typeof left, oneIn: number): boolean => {
      if (left[kind] <= 0 || this.world.decide(oneIn) !== oneIn - 1) return false
      left[kind] -= 1
      return true
    }
    const worker = this.#workers.findLast((process) => process.state === "running")
    if (worker && wish("crashes", 30)) this.#crash(worker)
    if (worker && wish("freezes", 30)) this.#freeze(worker)
    if (this.#isStored() && wish("stops", 30)) this.#stop()
    if (this.#isStored() && wish("ticks", 10)) this.#tick()
    const follower = this.followers.find((one) => !one.ended)
    if (follower && this.#isStored() && wish("drops", 30)) this.#drop(follower)
    if (follower && this.#isStored() && wish("leaves", 30)) this.#leave(follower)
    if (follower && wish("restarts", 20)) this.#act("start again", (ports, one) => this.#start(ports, one), follower)
  }

  #start(ports: RunPorts, follower: FollowerModel | undefined): Promise<unknown> {
    const body = {
      runId,
      chatId,
      model: "script/model",
      message: { parts: [{ type: "text" as const, text: "hello" }] },
    }
    return startRun(ports, actor, body, follower?.connectionId)
  }

  #ask(follower: FollowerModel): void {
    if (!this.#isStored()) return this.#act("start", (ports) => this.#start(ports, follower), follower)
    const { connectionId } = follower
    const asked = { runId, after: follower.held.length }
    this.#act(`follow ${connectionId}`, (ports) =>
      followRun(ports, actor, asked, connectionId, () => Promise.resolve()),
    )
  }

  #drop(follower: FollowerModel): void {
    this.world.note(this.#clients, `${follower.name} reconnects`)
    follower.reconnect(++this.#connections)
    this.#ask(follower)
  }

  /** Unfollows and, once that is acknowledged, follows again. */
  #leave(follower: FollowerModel): void {
    const { connectionId } = follower
    this.#act(`unfollow ${connectionId}`, async (ports) => {
      await unfollowRun(ports, actor, { runId }, connectionId)
      if (follower.connectionId === connectionId) this.#ask(follower)
    })
  }

  #stop(): void {
    this.#act("stop", (ports) => stopRun(ports, actor, runId))
  }

  #tick(): void {
    this.#act("tick", async (ports) => {
      const seen = this.record()
      if (seen?.status !== "queued") return
      await tick(ports, seen, { type: "data-queue", data: { reason: "position", position: 1 }, transient: true })
    })
  }

  #sweep(): void {
    this.#act("sweep", (ports) => sweep(ports))
  }

  #every(ms: number, work: () => void): void {
    this.world.timer(this.#handlers, ms, () => {
      work()
      this.#every(ms, work)
    })
  }

  /** A handler's call; what goes wrong in it is the client's to repeat when it hears nothing. */
  #act(
    label: string,
    work: (ports: RunPorts, follower: FollowerModel | undefined) => Promise<unknown>,
    follower?: FollowerModel,
  ): void {
    this.world.add(label, this.#handlers, () => {
      work(this.#ports(this.#handlers), follower).catch((error: unknown) => {
        this.world.note(this.#handlers, `${label} failed: ${String(error)}`)
        if (!hasFaults(this.#scenario)) this.failures.push(`${label} failed: ${String(error)}`)
        else if (follower && !follower.ended) this.world.timer(this.#clients, 2000, () => this.#ask(follower))
      })
    })
  }

  #ports(process: Process): RunPorts {
    const clock: RunPorts["clock"] = {
      now: () => this.world.time,
      sleep: (ms, signal) => ports.clock.sleep(ms, signal),
      after: (ms, run) => ports.clock.after(ms, run),
    }
    let models = this.#models.get(process)
    if (!models) this.#models.set(process, (models = scriptedModels(this.world, process, clock, this.#scenario.script)))
    const ports: RunPorts = portsOf(this.world, process, {
      table: this.table,
      faults: this.#scenario.faults,
      models,
      settings: defaultRunSettings,
      deliver: (connectionId, text) => this.#deliver(connectionId, text),
      dispatcher: {
        dispatch: (work) => this.#dispatch(work),
        // Some starts find a worker in their own process, and take the run for it.
        claim: () => (this.world.decide(2) === 0 ? undefined : crypto.randomUUID()),
      },
    })
    return ports
  }

  #dispatch(work: Work): Promise<void> {
    const times = this.#spend("lost") ? 0 : work.claimed === undefined && this.#spend("twice") ? 2 : 1
    for (let at = 0; at < times; at++) {
      const process = new Process(`worker${this.#workers.length}`)
      this.#workers.push(process)
      this.world.add(`invoke turn ${work.turn}`, process, () => {
        const handOver = (): boolean => this.#handOvers > 0 && this.#handOvers-- > 0
        executeRun(this.#ports(process), work, { handOver }).catch((error: unknown) => {
          this.world.note(process, `invocation failed: ${String(error)}`)
          if (!hasFaults(this.#scenario)) this.failures.push(`an invocation failed: ${String(error)}`)
        })
      })
    }
    return Promise.resolve()
  }

  #spend(kind: "lost" | "twice"): boolean {
    if (this.#left[kind] <= 0 || this.world.decide(2) === 0) return false
    this.#left[kind] -= 1
    return true
  }

  #deliver(connectionId: string, text: string): "sent" | "gone" {
    const follower = this.followers.find((one) => one.connectionId === connectionId)
    if (!follower) return "gone"
    this.#checkDurable(text)
    try {
      follower.receive(text)
    } catch (error) {
      this.failures.push(`${follower.name}: ${String(error)}`)
    }
    return "sent"
  }

  /** Rule 1: what a client sees, the journal holds. */
  #checkDurable(text: string): void {
    const frame = JSON.parse(text) as { from: number; events: unknown[] }
    const durable = journalOf(this.table)
    for (const [at, event] of frame.events.entries()) {
      if (durable[frame.from + at - 1] !== JSON.stringify(event)) {
        this.failures.push(`event ${frame.from + at} was sent before it was durable`)
      }
    }
  }

  #crash(process: Process): void {
    this.world.note(process, "crashes")
    this.world.crash(process)
  }

  /** A worker that stands still, for longer than its lease, and then goes on as if nothing had happened. */
  #freeze(process: Process): void {
    this.world.note(process, "freezes")
    process.state = "frozen"
    this.world.timer(this.#clients, 5000 + this.world.decide(40) * 1000, () => {
      this.world.note(process, "thaws")
      if (process.state === "frozen") process.state = "running"
    })
  }
}

/** The events of the journal as text, in order. */
export function journalOf(table: MemoryTable): string[] {
  return table
    .items()
    .filter((item) => item.pk === keys.run(runId).pk && item.sk.startsWith("EVT#"))
    .flatMap((item) => (JSON.parse(item.events as string) as unknown[]).map((event) => JSON.stringify(event)))
}

export function hasFaults(scenario: Scenario): boolean {
  const { faults, worker } = scenario
  return [...Object.values(faults), worker.crashes, worker.freezes, worker.twice, worker.lost].some(
    (count) => count > 0,
  )
}
