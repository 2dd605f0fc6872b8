import { MustWait } from "@omnichat/core/model/provider"
import { createAgent } from "@omnichat/core/pool/agent/agent"
import type { HostFacts } from "@omnichat/core/pool/agent/host"
import { createDrive } from "@omnichat/core/pool/drive"
import type { Drive } from "@omnichat/core/pool/drive"
import { Pool } from "@omnichat/core/pool/pool"
import type { DrivePorts, PoolPorts } from "@omnichat/core/pool/ports"
import { pooledProvider } from "@omnichat/core/pool/provider"
import { defaultPoolSettings } from "@omnichat/core/pool/settings"
import type { PoolSettings } from "@omnichat/core/pool/settings"
import type { PoolScaler, ServerGroup } from "@omnichat/core/pool/scaler"
import type { ServedProvider } from "@omnichat/core/model/source"
import type { RunId } from "@omnichat/core/protocol/id"
import { newId } from "@omnichat/core/protocol/id"
import { ollamaProvider } from "@omnichat/core/provider/ollama/provider"
import { defaultRunSettings } from "@omnichat/core/run/settings"
import { keys } from "@omnichat/core/store/keys"
import { memoryTable } from "@omnichat/core/store/memory"
import type { Table } from "@omnichat/core/store/table"
import type { Outcome } from "./figures.ts"
import { tellTimes } from "./ollama.ts"
import type { SimOllama } from "./ollama.ts"
import { models } from "./trace.ts"
import type { Question } from "./trace.ts"
import type { VirtualTime } from "./time.ts"
import { noBlobs } from "../../support/no-blobs.ts"

export type Machine = { server: SimOllama; host: HostFacts; agent?: AbortController }

export type PooledWorld = {
  readonly table: Table
  readonly pool: Pool
  ask(question: Question): Promise<Outcome>
  /** Somebody looks after it, also while nobody waits: every minute on AWS. */
  drive(): void
  /** Its agent begins to report. */
  join(nodeId: string): void
  /** The numbers of servers that were wanted. */
  starts: number[]
}

type Options = {
  most?: number
  settings?: Partial<PoolSettings>
  /** How far the clocks of the servers are off (milliseconds). */
  skew?: number
  /** Why no server can be started. */
  without?: () => string | undefined
}

/** How long the machine of a server takes from the wish for it to its agent's first report. */
export const bootMs = 120_000

const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
const metrics = { count: () => {}, observe: () => {} }

/**
 * The pool as AWS runs it: real agents, the real choice, line and drive, over a table in memory; no hint crosses from one
 * to another, so that everybody looks at their own pace. Runs are no more than their record, and
 * nobody follows them.
 */
export function pooledWorld(
  time: VirtualTime,
  machines: ReadonlyMap<string, Machine>,
  options: Options = {},
): PooledWorld {
  const { most, without } = options
  const table = memoryTable({ now: time.now })
  const runTable = memoryTable({ now: time.now })
  const wake = { notify: () => {}, listen: () => () => {}, isHeard: () => false }
  const questions = new Map<string, { question: Question; asked: number; done: (outcome: Outcome) => void }>()
  const starts: number[] = []
  let wanted = 0
  const booted = new Set<string>()
  const coming = new Set<string>()

  const join = (nodeId: string): void => {
    const machine = machines.get(nodeId)
    if (machine === undefined) return
    machine.agent = new AbortController()
    const address = addressOf(nodeId)
    const clock = { now: () => time.now() + (options.skew ?? 0), sleep: time.sleep }
    const agent = createAgent({
      ...{ nodeId, address, table, clock, log: quiet },
      ollama: { baseUrl: address, fetch: machine.server.fetch },
      host: () => Promise.resolve(machine.host),
    })
    void agent.run(machine.agent.signal)
  }

  const scaler: PoolScaler = {
    describe: () => {
      const running = [...booted].map((nodeId) => ({ nodeId, state: "running" as const }))
      const message = wanted > 0 ? without?.() : undefined
      const failed = message !== undefined && { failed: { at: time.now(), message } }
      return Promise.resolve<ServerGroup>({ running, desired: wanted, most: most ?? 0, ...failed })
    },
    start: (desired) => {
      starts.push(desired)
      if (without?.() !== undefined) {
        wanted = desired
        return Promise.resolve()
      }
      const ended = [...machines].filter(([nodeId]) => !booted.has(nodeId) && !coming.has(nodeId))
      for (const [nodeId, { server }] of ended.slice(0, Math.max(0, desired - wanted))) {
        coming.add(nodeId)
        time.after(bootMs, () => {
          coming.delete(nodeId)
          server.revive()
          booted.add(nodeId)
          join(nodeId)
        })
      }
      wanted = desired
      return Promise.resolve()
    },
    stopStarting: () => {
      wanted = booted.size + coming.size
      return Promise.resolve()
    },
    terminate: (nodeId) => {
      const machine = machines.get(nodeId)
      machine?.agent?.abort()
      machine?.server.die()
      booted.delete(nodeId)
      wanted -= 1
      return Promise.resolve()
    },
  }

  const ports: PoolPorts = {
    ...{ table, clock: time, log: quiet, metrics, wake, settings: { ...defaultPoolSettings, ...options.settings } },
    sizes: new Map(models.map(({ name, bytes }) => [name, bytes])),
    ...(most !== undefined && { most }),
    drive: () => {
      void drive.drive()
      return Promise.resolve()
    },
  }
  const runs: DrivePorts["runs"] = {
    ...{ table: runTable, clock: time, wake, log: quiet, metrics, runSettings: defaultRunSettings },
    connections: { post: () => Promise.resolve("gone"), close: () => Promise.resolve() },
    dispatcher: {
      dispatch: ({ runId }) => {
        time.after(30, () => void attempt(runId))
        return Promise.resolve()
      },
    },
    blobs: noBlobs,
    models: { list: () => Promise.resolve([]), find: () => Promise.resolve(undefined as never) },
    background: () => {},
  }
  const drive: Drive = createDrive({ ...ports, runs, ...(most !== undefined && { scaler }) })

  const providers = new Map<string, ServedProvider>()
  for (const [nodeId, { server }] of machines) {
    const baseUrl = addressOf(nodeId)
    providers.set(baseUrl, ollamaProvider({ baseUrl, fetch: server.fetch }))
  }
  const pool = new Pool(ports)
  const provider = pooledProvider({
    pool,
    at: (address) => {
      const found = providers.get(address)
      if (found === undefined) throw new Error(`there is no ${address}`)
      return found
    },
    catalogue: { servers: [], list: () => Promise.resolve([]) },
    clock: time,
    log: quiet,
  })

  /** A worker: takes the run, asks, gives it back when it must wait. */
  async function attempt(runId: RunId): Promise<void> {
    const record = await runTable.get(keys.run(runId))
    const about = questions.get(runId)
    if (about === undefined || record?.status !== "queued") return
    const { question, asked, done } = about
    const { user, model, firstMs, answerMs, waitAtMost } = question
    await runTable.update(keys.run(runId), { set: { status: "running" } })
    const end = async (end: string, error?: unknown): Promise<void> => {
      questions.delete(runId)
      await runTable.delete(keys.run(runId))
      done({ user, model, waited: waited ?? time.now() - asked, end, error })
    }
    let waited: number | undefined
    try {
      const content = [{ type: "text" as const, text: tellTimes(firstMs, answerMs, user) }]
      const asker = { runId, turn: 0, userId: user, ...(waitAtMost !== undefined && { waitAtMost }) }
      const request = { model, params: {}, messages: [{ role: "user" as const, content }], asker }
      for await (const event of provider.stream(request, new AbortController().signal)) {
        if (event.type === "text-delta" && event.delta !== "") waited ??= time.now() - asked
      }
      await end("answered")
    } catch (thrown) {
      if (thrown instanceof MustWait) {
        const set = { status: "queued", queuedAt: time.now(), waitsFor: "pool" }
        await runTable.update(keys.run(runId), { set })
      } else await end(waited === undefined ? String(thrown) : "cut", thrown)
    }
  }

  const ask = async (question: Question): Promise<Outcome> => {
    const now = time.now()
    const runId = newId("run", now)
    const { user: userId } = question
    const done = new Promise<Outcome>((resolve) => questions.set(runId, { question, asked: now, done: resolve }))
    const record = { runId, userId, status: "queued", turn: 0, followers: {}, createdAt: now, queuedAt: now }
    await runTable.put({ ...keys.run(runId), ...record })
    void attempt(runId)
    return done
  }
  return { table, pool, ask, join, starts, drive: () => void drive.drive() }
}

const addressOf = (nodeId: string): string => `http://${nodeId}:11434`
