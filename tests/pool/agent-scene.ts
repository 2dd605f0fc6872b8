import type { Facts, Log } from "@omnichat/core/log"
import { createAgent } from "@omnichat/core/pool/agent/agent"
import type { AgentOptions } from "@omnichat/core/pool/agent/agent"
import type { HostFacts } from "@omnichat/core/pool/agent/host"
import type { PoolNode } from "@omnichat/core/pool/node"
import { changeNode, readNode } from "@omnichat/core/pool/store"
import { memoryTable } from "@omnichat/core/store/memory"
import type { Table } from "@omnichat/core/store/table"
import { createHttpFetch } from "@omnichat/functions/http-fetch"
import { afterEach } from "vitest"
import { startOllamaStandIn } from "../support/ollama-stand-in.ts"
import type { OllamaModel, OllamaStandIn, OllamaStandInOptions } from "../support/ollama-stand-in.ts"
import { watchedClock } from "./watched-clock.ts"

export const nodeId = "n1"

/** One that is in memory, and one that is not. */
export const agentModels = {
  small: { name: "small:latest", sizeBytes: 3e9, contextLength: 4096, loaded: true },
  other: { name: "other:7b", sizeBytes: 6e9 },
} satisfies Record<string, OllamaModel>

/** Starts stand-ins that end with their test. */
export function useStandIns() {
  const open: OllamaStandIn[] = []
  afterEach(async () => {
    await Promise.all(open.splice(0).map((standIn) => standIn.close()))
  })
  return async (models: OllamaModel[], options: OllamaStandInOptions = {}): Promise<OllamaStandIn> => {
    const standIn = await startOllamaStandIn({ models, ...options })
    open.push(standIn)
    return standIn
  }
}

/** Resolves when somebody says so; what a test holds back. */
export function gate() {
  let open = () => {}
  let fail: (error: Error) => void = () => {}
  const passed = new Promise<void>((resolve, reject) => {
    open = resolve
    fail = reject
  })
  return { passed, open, fail }
}

export type Given = Partial<Pick<AgentOptions, "settings" | "table" | "nodeId" | "host">> & {
  start?: number
  facts?: HostFacts
}

/** An agent of a stand-in, on a clock that the test moves, and what those who send work do to its server. */
export function agentScene(standIn: Pick<OllamaStandIn, "url">, given: Given = {}) {
  const clock = watchedClock(given.start)
  const table: Table = given.table ?? memoryTable({ now: Date.now })
  const lines: string[] = []
  const watchers: (() => void)[] = []
  const note = (event: string, facts: Facts = {}) => {
    lines.push(`${event} ${JSON.stringify(facts)}`)
    for (const watcher of watchers.splice(0)) watcher()
  }
  const log: Log = { debug: note, info: note, warn: note, error: note }
  const facts: HostFacts = given.facts ?? {}
  const agent = createAgent({
    nodeId: given.nodeId ?? nodeId,
    address: "http://10.0.0.1:11434",
    table,
    clock,
    log,
    ollama: { baseUrl: standIn.url, fetch: createHttpFetch() },
    host: given.host ?? (() => Promise.resolve(facts)),
    ...(given.settings && { settings: given.settings }),
  })
  const asking = new AbortController()
  const beat = (signal: AbortSignal = asking.signal) => agent.beat(signal)

  /** Resolves as soon as the log has said so, so many times. */
  async function logged(event: string, times = 1): Promise<void> {
    const count = () => lines.filter((line) => line.startsWith(`${event} `)).length
    while (count() < times) await new Promise<void>((resolve) => watchers.push(resolve))
  }

  /** Beats until the report is so. What it waits for is under way on a wire; no time passes on the agent's clock. */
  async function reported(is: (node: PoolNode) => boolean): Promise<PoolNode> {
    for (;;) {
      const node = await beat()
      if (is(node)) return node
    }
  }

  async function want(number: number, model: string, evict: string[] = []): Promise<void> {
    const node = await readNode(table, given.nodeId ?? nodeId)
    if (node === undefined) throw new Error("the server is not known yet")
    await changeNode(table, node, { want: { number, model, at: 0, evict } })
  }

  return {
    agent,
    clock,
    table,
    lines,
    facts,
    beat,
    logged,
    waits: clock.waits,
    lastWait: clock.lastWait,
    reported,
    want,
  }
}
