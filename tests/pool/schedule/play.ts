import type { Actor } from "@omnichat/core/access/actor"
import type { Connections } from "@omnichat/core/connection/connections"
import type { ProviderFetch } from "@omnichat/core/model/provider"
import { createAgent } from "@omnichat/core/pool/agent/agent"
import type { HostFacts } from "@omnichat/core/pool/agent/host"
import { liveSlots, pendingWant } from "@omnichat/core/pool/condition"
import { createDrive } from "@omnichat/core/pool/drive"
import { Pool } from "@omnichat/core/pool/pool"
import type { PoolPorts } from "@omnichat/core/pool/ports"
import { pooledProvider } from "@omnichat/core/pool/provider"
import type { PoolScaler } from "@omnichat/core/pool/scaler"
import { defaultPoolSettings } from "@omnichat/core/pool/settings"
import type { PoolSettings } from "@omnichat/core/pool/settings"
import { readPool } from "@omnichat/core/pool/store"
import { newId } from "@omnichat/core/protocol/id"
import type { RunId } from "@omnichat/core/protocol/id"
import { ollamaProvider } from "@omnichat/core/provider/ollama/provider"
import { executeRun } from "@omnichat/core/run/execute"
import type { RunPorts } from "@omnichat/core/run/ports"
import { defaultRunSettings } from "@omnichat/core/run/settings"
import { startRun } from "@omnichat/core/run/start"
import { stopRun } from "@omnichat/core/run/stop"
import { sweep } from "@omnichat/core/run/sweep"
import { memoryTable } from "@omnichat/core/store/memory"
import type { MemoryTable } from "@omnichat/core/store/memory"
import { Chance } from "../sim/chance.ts"
import { SimOllama, tellTimes } from "../sim/ollama.ts"
import { VirtualTime } from "../sim/time.ts"
import { Process } from "./process.ts"
import { noBlobs } from "../../support/no-blobs.ts"

/** What goes wrong, and when (milliseconds from the beginning); `at` picks which one of many. */
export type Mishap = {
  after: number
  at: number
  kind:
    | "server dies"
    | "server comes back"
    | "agent stands still"
    | "notice"
    | "drain"
    | "worker dies"
    | "driver dies"
    | "stop"
}

export type Schedule = {
  seed: number
  servers: number
  /** Servers are started when they are needed, and how starting them goes. */
  wakes?: "well" | "without capacity"
  parallel: number
  runs: { after: number; user: number; model: number; firstMs: number; answerMs: number }[]
  mishaps: Mishap[]
  /** One dispatch in so many is lost, and one call of the store in so many fails; 0 for none. */
  lostOneIn: number
  faultOneIn: number
  /** How far the servers' clocks are off (milliseconds). */
  skew: number
}

export type Asked = { runId: RunId; startedAt: number; answerMs: number }

const disk = [
  { name: "small:4b", bytes: 3e9 },
  { name: "large:14b", bytes: 9e9 },
  { name: "wide:24b", bytes: 14e9 },
]
const memory = 18e9
const bootMs = 20_000
/** Mishaps are over then. */
export const calmFrom = 90_000
const settings: PoolSettings = { ...defaultPoolSettings, lookEvery: 1000, startMs: 30_000, idleFor: 120_000 }
const actorOf = (user: number): Actor => ({ userId: `u${user}`, role: "admin" })
const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
const metrics = { count: () => {}, observe: () => {} }
const wake = { notify: () => {}, listen: () => () => {}, isHeard: () => false }
const connections: Connections = { post: () => Promise.resolve("gone"), close: () => Promise.resolve() }

/** Several runs, from their starts to the end of the last, with everything between them that the schedule has. */
export class Play {
  readonly time = new VirtualTime()
  readonly table: MemoryTable
  readonly asked: Asked[] = []
  readonly servers = new Map<string, { ollama: SimOllama; host: HostFacts; agent?: Process }>()
  /** Of servers, each the number that was wanted. */
  readonly starts: { at: number; desired: number }[] = []
  readonly trace: string[] = []
  /** The longest time in which somebody stood in line while no server had anything to do (milliseconds). */
  idledFor = 0
  readonly #schedule: Schedule
  readonly #chance: Chance
  readonly #faults: { oneIn: number }
  #lostOneIn: number
  readonly #handlers: Process
  readonly #workers: Process[] = []
  readonly #drivers: Process[] = []
  #wanted = 0
  #idleSince: number | undefined

  constructor(schedule: Schedule) {
    this.#schedule = schedule
    this.#chance = new Chance(schedule.seed)
    this.#faults = { oneIn: schedule.faultOneIn }
    this.#lostOneIn = schedule.lostOneIn
    this.table = memoryTable({ now: this.time.now, pageSize: 7 })
    this.#handlers = this.#process("handlers")
    for (let at = 0; at < schedule.servers; at++) {
      const load = { fixedMs: 500, bytesPerSecond: 1e9 }
      const ollama = new SimOllama({
        time: this.time,
        disk,
        memory,
        memoryFactor: 1.2,
        parallel: schedule.parallel,
        load,
      })
      this.servers.set(`gpu-${at}`, { ollama, host: { parallel: schedule.parallel, gpuMemory: memory } })
      if (schedule.wakes === undefined) this.#join(`gpu-${at}`)
      else ollama.die()
    }
  }

  /** Until every run has its end and nobody stands in line, or `atMost` milliseconds. */
  async run(atMost: number): Promise<void> {
    const began = this.time.now()
    this.#every(20_000, () => this.#act("sweep", (ports) => sweep(ports)))
    this.#every(60_000, () => this.#drive())
    this.#every(2000, () => void this.#watchIdle())
    let isOver = false
    this.#every(5000, () => (isOver = this.#isOver()))
    for (const each of this.#schedule.runs) this.time.after(each.after, () => this.#start(each))
    for (const mishap of this.#schedule.mishaps) this.time.after(mishap.after, () => this.#happen(mishap))
    this.time.after(calmFrom, () => this.#calm())
    await this.time.run(began + atMost, () => this.time.now() - began > calmFrom && isOver)
    // What is under way after the end may not change it, and leases of the dead end.
    await this.time.run(this.time.now() + settings.slotLease + 30_000)
  }

  #isOver(): boolean {
    return this.asked.length === this.#schedule.runs.length && !this.table.items().some(isUnfinished)
  }

  async #watchIdle(): Promise<void> {
    const { nodes, waiting } = await readPool(this.table)
    const isIdle = nodes.every(
      (node) => liveSlots(node, this.time.now()).length === 0 && pendingWant(node) === undefined,
    )
    const isWaiting = waiting.some(({ called }) => called === undefined)
    this.#idleSince = isWaiting && isIdle && nodes.length > 0 ? (this.#idleSince ?? this.time.now()) : undefined
    if (this.#idleSince !== undefined) this.idledFor = Math.max(this.idledFor, this.time.now() - this.#idleSince)
  }

  #process(name: string, offsetMs = 0): Process {
    const { time, table } = this
    return new Process(name, { time, table, chance: this.#chance, faults: this.#faults }, offsetMs)
  }

  #note(words: string): void {
    this.trace.push(`${String(this.time.now() - 1_700_000_000_000).padStart(6)} ${words}`)
  }

  #join(nodeId: string): void {
    const server = this.servers.get(nodeId)
    if (server === undefined) return
    this.#note(`${nodeId} joins`)
    const agent = this.#process(`agent of ${nodeId}`, this.#schedule.skew)
    server.agent = agent
    const { table, clock } = agent
    const address = `http://${nodeId}:11434`
    const ollama = { baseUrl: address, fetch: agent.through(server.ollama.fetch) }
    const host = () => Promise.resolve(server.host)
    void createAgent({ nodeId, address, table, clock, log: quiet, ollama, host }).run(new AbortController().signal)
  }

  #start({ user, model, firstMs, answerMs }: Schedule["runs"][number]): void {
    const now = this.time.now()
    const runId = newId("run", now)
    this.asked.push({ runId, startedAt: now, answerMs })
    const { name } = disk[model] ?? { name: "" }
    const text = tellTimes(firstMs, answerMs, runId)
    const body = {
      runId,
      chatId: newId("cht", now),
      model: name,
      message: { parts: [{ type: "text" as const, text }] },
    }
    const attempt = (): void => {
      // Who hears nothing asks the same again.
      this.#act(
        "start",
        (ports) => startRun(ports, actorOf(user), body),
        () => this.time.after(2000, attempt),
      )
    }
    attempt()
  }

  #act(name: string, work: (ports: RunPorts) => Promise<unknown>, failed?: () => void): void {
    work(this.#runPorts(this.#handlers)).catch((error: unknown) => {
      this.#note(`${name} failed: ${String(error)}`)
      failed?.()
    })
  }

  #every(ms: number, work: () => void): void {
    this.time.after(ms, () => {
      work()
      this.#every(ms, work)
    })
  }

  #poolPorts({ table, clock }: Process): PoolPorts {
    return {
      ...{ table, clock, log: this.#log(), metrics, wake, settings },
      sizes: new Map(disk.map(({ name, bytes }) => [name, bytes])),
      ...(this.#schedule.wakes !== undefined && { most: this.#schedule.servers }),
      drive: () => Promise.resolve(this.#drive()),
    }
  }

  #log() {
    const note = (event: string, facts?: object): void => this.#note(`${event} ${JSON.stringify(facts)}`)
    return { ...quiet, info: note, warn: note, error: note }
  }

  /** A function that is called by an event: once more when it failed, or died, a minute later. */
  #drive(): void {
    const process = this.#process(`driver ${this.#drivers.length}`)
    this.#drivers.push(process)
    const again = (): void => this.#drive()
    const cancel = this.time.after(60_000, () => process.isDead && again())
    const { wakes } = this.#schedule
    const ports = {
      ...this.#poolPorts(process),
      runs: this.#runPorts(process),
      ...(wakes && { scaler: this.#scaler() }),
    }
    const until = process.clock.now() + 40_000
    this.time.after(this.#chance.below(300), () => {
      createDrive(ports)
        .drive({ until })
        .then((end) => {
          cancel()
          this.#drivers.splice(this.#drivers.indexOf(process), 1)
          if (end === "time") again()
        })
        .catch((error: unknown) => {
          this.#note(`driver failed: ${String(error)}`)
          this.time.after(5000, again)
        })
    })
  }

  #runPorts(process: Process): RunPorts {
    const { table, clock } = process
    const poolPorts = this.#poolPorts(process)
    const provider = pooledProvider({
      pool: new Pool(poolPorts),
      at: (address) => ollamaProvider({ baseUrl: address, fetch: process.through(this.#fetchOf(address)) }),
      catalogue: { servers: [], list: () => Promise.resolve([]) },
      clock,
      log: poolPorts.log,
    })
    return {
      ...{ table, clock, wake, metrics, connections, log: poolPorts.log, runSettings: defaultRunSettings },
      dispatcher: { dispatch: (work) => Promise.resolve(this.#dispatch(work)) },
      blobs: noBlobs,
      models: { list: () => Promise.resolve([]), find: (id) => Promise.resolve({ id, name: id, provider }) },
      background: (work) => void Promise.resolve(work).catch(() => {}),
    }
  }

  #fetchOf(address: string): ProviderFetch {
    const server = this.servers.get(new URL(address).hostname)
    if (server === undefined) throw new Error(`there is no ${address}`)
    return server.ollama.fetch
  }

  #dispatch(work: Parameters<RunPorts["dispatcher"]["dispatch"]>[0]): void {
    if (this.#lostOneIn > 0 && this.#chance.below(this.#lostOneIn) === 0) return this.#note(`lost: ${work.runId}`)
    const process = this.#process(`worker ${this.#workers.length}`)
    this.#workers.push(process)
    this.time.after(this.#chance.below(60), () => {
      executeRun(this.#runPorts(process), work)
        .catch((error: unknown) => this.#note(`worker failed: ${String(error)}`))
        .finally(() => this.#workers.splice(this.#workers.indexOf(process), 1))
    })
  }

  #scaler(): PoolScaler {
    return {
      describe: () => {
        const up = [...this.servers].filter(([, { agent }]) => agent?.isDead === false)
        const running = up.map(([nodeId]) => ({ nodeId, state: "running" as const }))
        const now = this.time.now()
        const isFailing = this.#schedule.wakes === "without capacity" && this.#wanted > 0
        // AWS tries again and again.
        const failed = { at: now - (now % 10_000), message: "AWS has no such machine free now" }
        const group = { running, desired: this.#wanted, most: this.#schedule.servers }
        return Promise.resolve({ ...group, ...(isFailing && { failed }) })
      },
      start: (desired) => {
        this.#note(`${desired} servers are wanted`)
        this.starts.push({ at: this.time.now(), desired })
        const joining = [...this.servers].filter(([, { agent }]) => agent === undefined || agent.isDead)
        const count = this.#schedule.wakes === "without capacity" ? 0 : desired - this.#wanted
        for (const [nodeId, { ollama }] of joining.slice(0, Math.max(0, count))) {
          this.time.after(bootMs, () => {
            ollama.revive()
            this.#join(nodeId)
          })
        }
        this.#wanted = desired
        return Promise.resolve()
      },
      stopStarting: () => {
        this.#wanted = [...this.servers.values()].filter(({ agent }) => agent?.isDead === false).length
        return Promise.resolve()
      },
      terminate: (nodeId) => {
        this.#takeAway(nodeId)
        this.#wanted = Math.max(0, this.#wanted - 1)
        return Promise.resolve()
      },
    }
  }

  #takeAway(nodeId: string): void {
    const server = this.servers.get(nodeId)
    this.#note(`${nodeId} is gone`)
    server?.ollama.die()
    server?.agent?.die()
  }

  #happen({ kind, at }: Mishap): void {
    const nodeId = `gpu-${at % this.#schedule.servers}`
    const server = this.servers.get(nodeId)
    this.#note(`${kind} (${at})`)
    switch (kind) {
      case "server dies":
        return server?.ollama.die()
      case "server comes back":
        return server?.agent?.isDead === false ? server.ollama.revive() : undefined
      case "agent stands still":
        return server?.agent?.die()
      case "notice":
        if (server === undefined) return
        server.host = { ...server.host, spotNotice: true }
        return void this.time.after(20_000, () => this.#takeAway(nodeId))
      case "drain":
        return void this.table
          .update(
            { pk: "POOL", sk: `NODE#${nodeId}` },
            { set: { draining: { reason: "operator", at: this.time.now() } }, add: { rev: 1 } },
            { if: [{ exists: "pk" }] },
          )
          .catch(() => {})
      case "worker dies":
        return this.#workers[at % Math.max(1, this.#workers.length)]?.die()
      case "driver dies":
        return this.#drivers[at % Math.max(1, this.#drivers.length)]?.die()
      case "stop": {
        const asked = this.asked[at % Math.max(1, this.asked.length)]
        if (asked !== undefined) this.#act("stop", (ports) => stopRun(ports, actorOf(0), asked.runId))
      }
    }
  }

  /** From now on nothing fails any more, and there are servers again. */
  #calm(): void {
    this.#note("calm")
    this.#faults.oneIn = 0
    this.#lostOneIn = 0
    if (this.#schedule.wakes !== undefined) return
    for (const [nodeId, server] of this.servers) {
      server.ollama.revive()
      const { spotNotice: _, ...host } = server.host
      server.host = host
      if (server.agent?.isDead) this.#join(nodeId)
    }
    for (const { pk, sk } of this.table.items().filter(({ sk }) => sk.startsWith("NODE#"))) {
      void this.table.update({ pk, sk }, { remove: ["draining"], add: { rev: 1 } }).catch(() => {})
    }
  }
}

const isUnfinished = ({ pk, sk, status }: { pk: string; sk: string; status?: unknown }): boolean =>
  (pk.startsWith("RUN#") && sk === "STATE" && (status === "queued" || status === "running")) || sk.startsWith("WAIT#")
