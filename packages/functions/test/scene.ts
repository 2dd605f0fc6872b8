import type { Actor } from "@omnichat/core/access/actor"
import type { Tokens } from "@omnichat/core/access/tokens"
import { createCatalogue } from "@omnichat/core/model/catalogue"
import type { Ports } from "@omnichat/core/ports"
import { OmniError } from "@omnichat/core/protocol/error"
import { demoProvider } from "@omnichat/core/provider/demo/provider"
import { defaultRunSettings } from "@omnichat/core/run/settings"
import { memoryTable } from "@omnichat/core/store/memory"
import { collectWork } from "../src/aws/background.ts"
import { noMetrics, noWake } from "../src/aws/quiet-ports.ts"
import type { Runtime } from "../src/aws/runtime.ts"
import { timers } from "../src/timers.ts"

export type Frame = { type: string; id?: string; [field: string]: unknown }

/** A whole runtime in memory, with the demo as its only model, and what it did. */
export function scene() {
  const time = { ahead: 0 }
  const now = () => Date.now() + time.ahead
  const clock = { ...timers, now }
  const log: string[] = []
  const note = (event: string, facts?: object) => void log.push(`${event} ${JSON.stringify(facts ?? {})}`)
  const notes = { debug: note, info: note, warn: note, error: note }
  const work = collectWork()
  const frames: { to: string; frame: Frame }[] = []
  const closed: string[] = []
  const dispatched: { runId: string; turn: number }[] = []
  const stored = new Map<string, Uint8Array>()
  const catalogue = createCatalogue({
    sources: () => [],
    demo: { provider: demoProvider({ clock, pieceMs: 0 }), forced: () => true },
    clock,
    log: notes,
  })
  const ports: Ports = {
    table: memoryTable({ now }),
    clock,
    wake: noWake,
    connections: {
      async post(to, make) {
        const text = make()
        if (text !== undefined) frames.push({ to, frame: JSON.parse(text) as Frame })
        return "sent"
      },
      close: async (id) => void closed.push(id),
    },
    dispatcher: { dispatch: async (delivered) => void dispatched.push(delivered) },
    blobs: {
      put: async (key, bytes) => void stored.set(key, bytes),
      get: async (key) => stored.get(key),
      delete: async (key) => void stored.delete(key),
      deleteAll: async (prefix) => {
        for (const key of [...stored.keys()]) if (key.startsWith(prefix)) stored.delete(key)
      },
      uploadUrl: async (key) => ({ method: "PUT", url: `https://files/${key}`, headers: {} }),
      size: async (key) => stored.get(key)?.length,
    },
    models: catalogue,
    log: notes,
    metrics: noMetrics,
    runSettings: defaultRunSettings,
    background: work.background,
  }
  const runtime: Runtime = { ports, catalogue, settled: work.settled }
  return { runtime, ports, frames, closed, dispatched, stored, log, time }
}

export const alice: Actor = { userId: "alice", role: "user" }

/** Everybody's token is their name; somebody called `new` was not let in yet. */
export const tokens: Tokens = {
  async verify(token) {
    if (token === "down") throw new Error("no keys")
    if (!/^[a-z]+$/.test(token)) throw new OmniError("unauthenticated", "Not signed in: the token is forged.")
    return { userId: token, role: token === "new" ? "pending" : "user", expiresAt: Date.now() + 3_600_000 }
  },
}
