import type { ModelEvent, ModelRequest, ProviderFetch, ProviderFetchInit } from "@omnichat/core/model/provider"
import { MustWait } from "@omnichat/core/model/provider"
import type { ServedProvider } from "@omnichat/core/model/source"
import { oneMachineRunSettings } from "@omnichat/core/run/settings"
import type { RunPorts } from "@omnichat/core/run/ports"
import { memoryTable } from "@omnichat/core/store/memory"
import { expect, it } from "vitest"
import { manualClock } from "../../../../tests/support/manual-clock.ts"
import { createWake } from "../wake.ts"
import { createOllamaPool } from "./ollama-pool.ts"

type Server = {
  loaded?: string[]
  /** Gets no reply. */
  hangs?: boolean
  /** Its loads, or its first calls, take until the test ends them, like answers; nobody's leaving ends them. */
  holdsLoad?: boolean
  holdsLook?: boolean
  /** Every path that was asked of it. */
  asked: string[]
  /** Answers that were begun, and how to end the first of them. */
  answers: (() => void)[]
}

/** Ollama servers in memory, on a clock that the test moves. */
function scene(hosts: Record<string, Omit<Server, "asked" | "answers">>, { parallel }: { parallel?: number } = {}) {
  const clock = manualClock()
  const servers = new Map(
    Object.entries(hosts).map(([host, server]) => [host, { ...server, asked: [], answers: [] } as Server]),
  )
  const watchers = new Set<() => void>()
  const held = (server: Server) =>
    new Promise<void>((resolve) => {
      server.answers.push(resolve)
      for (const look of watchers) look()
    })
  const fetch: ProviderFetch = async (url, { signal }) => {
    const { host, pathname } = new URL(url)
    const server = servers.get(host)
    if (server === undefined) throw new Error(`nobody is at ${host}`)
    server.asked.push(pathname)
    for (const look of watchers) look()
    if (server.hangs) await aborted(signal)
    switch (pathname) {
      case "/api/version":
        if (server.holdsLook) await held(server)
        return reply({ version: "1" })
      case "/api/ps":
        return reply({ models: (server.loaded ?? []).map((name) => ({ name, size: 1 })) })
      case "/api/tags":
        return reply({ models: [{ name: "m:latest", size: 1e9 }] })
      case "/api/generate":
        if (server.holdsLoad) await Promise.race([held(server), aborted(signal)])
        server.loaded = ["m:latest"]
        return reply({ done: true })
      default: {
        await held(server)
        return reply({ message: { content: host }, done: true })
      }
    }
  }
  const logged: string[] = []
  const note = (event: string) => void logged.push(event)
  const ports = {
    clock,
    wake: countingWake(),
    metrics: { count() {}, observe() {} },
    log: { debug() {}, info() {}, warn: note, error: note },
  }
  const runs = (): RunPorts =>
    ({ ...ports, table: memoryTable({ now: clock.now }), runSettings: oneMachineRunSettings }) as unknown as RunPorts
  const pool = createOllamaPool({ ports, runs, fetch, ...(parallel !== undefined && { parallel }) })
  /** Resolves as soon as it holds; looked at whenever a server is asked. */
  const until = (holds: () => boolean) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (!holds()) return
        watchers.delete(look)
        resolve()
      }
      watchers.add(look)
      look()
    })
  const server = (host: string): Server => {
    const found = servers.get(host)
    if (found === undefined) throw new Error(`no ${host}`)
    return found
  }
  return { pool, clock, server, until, logged, listeners: () => ports.wake.listeners() }
}

function countingWake() {
  const wake = createWake()
  let count = 0
  return {
    ...wake,
    listeners: () => count,
    listen(topic: string, listener: () => void) {
      count += 1
      const unlisten = wake.listen(topic, listener)
      let isOn = true
      return () => {
        if (isOn) count -= 1
        isOn = false
        unlisten()
      }
    },
  }
}

const aborted = (signal: ProviderFetchInit["signal"]) =>
  new Promise<never>((_, reject) => {
    if (signal.aborted) reject(signal.reason as Error)
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true })
  })

function reply(body: object): Awaited<ReturnType<ProviderFetch>> {
  const text = JSON.stringify(body)
  async function* bytes() {
    yield new TextEncoder().encode(`${text}\n`)
  }
  return { status: 200, headers: { get: () => null }, body: bytes(), text: () => Promise.resolve(text) }
}

const question: ModelRequest = {
  model: "m",
  messages: [{ role: "user", content: [{ type: "text", text: "?" }] }],
  params: {},
}
const asker = (n: number): ModelRequest => ({
  ...question,
  asker: { runId: `run_0000000000000000000000000${n}`, turn: 0, userId: `u${n}` },
})
async function textOf(provider: ServedProvider | undefined, request: ModelRequest = question): Promise<string> {
  if (provider === undefined) throw new Error("no server is set")
  const events: ModelEvent[] = []
  for await (const event of provider.stream(request, new AbortController().signal)) events.push(event)
  return events.map((event) => (event.type === "text-delta" ? event.delta : "")).join("")
}
/** Lets everything go on that waits for nothing but the event loop. */
const settled = async () => {
  for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve))
}

it("asks the server that has the model in memory, and looks at each only while it is needed", async () => {
  const { pool, clock, server, until } = scene({ a: {}, b: { loaded: ["m:latest"] } })
  const answer = textOf(pool.serve(["http://a", "http://b"]))
  await until(() => server("b").answers.length === 1)
  server("b").answers.shift()?.()
  expect(await answer).toBe("b")
  for (let second = 0; second < 120; second++) {
    clock.advance(1000)
    await settled()
  }
  const asked = [server("a").asked.length, server("b").asked.length]
  expect(Math.max(...asked)).toBeLessThan(50)
  for (let minute = 0; minute < 10; minute++) {
    clock.advance(60_000)
    await settled()
  }
  expect([server("a").asked.length, server("b").asked.length]).toEqual(asked)
  await pool.stop()
})

it("does not let a server that hangs slow the first word of another, nor is anybody sent to it", async () => {
  const { pool, clock, server, until } = scene({ a: { loaded: ["m:latest"] }, b: { loaded: ["m:latest"] } })
  const provider = pool.serve(["http://a", "http://b"])
  const first = textOf(provider)
  await until(() => server("a").answers.length === 1)
  server("a").answers.shift()?.()
  await first
  for (let step = 0; step < 3; step++) {
    clock.advance(60_000) // nobody looks any more, and what was seen is old
    await settled()
  }
  server("a").hangs = true
  const looks = server("b").asked.length
  const second = textOf(provider)
  await until(() => server("b").asked.length === looks + 3)
  await settled()
  clock.advance(150)
  await until(() => server("b").answers.length === 1)
  expect(server("a").asked.filter((path) => path === "/api/chat")).toHaveLength(1)
  server("b").answers.shift()?.()
  expect(await second).toBe("b")
  await pool.stop()
})

it("keeps looking while a model is loaded, however long that takes, for whoever waits does not ask again", async () => {
  const { pool, clock, server, until } = scene({ a: { holdsLoad: true } }, { parallel: 1 })
  const waiting = textOf(pool.serve(["http://a"]), asker(1)).catch((thrown: unknown) => thrown)
  await until(() => server("a").answers.length === 1)
  clock.advance(400) // the patience of whoever asks
  expect(await waiting).toBeInstanceOf(MustWait)
  for (let second = 0; second < 150; second++) {
    clock.advance(1000)
    await settled()
  }
  const looks = server("a").asked.length
  expect(looks).toBeGreaterThan(3 * 140)
  server("a").answers.shift()?.()
  await settled()
  expect((await pool.view()).servers).toMatchObject([{ models: [{ name: "m:latest" }] }])
  await pool.stop()
})

it("forgets a server that is taken out, and knows it again when it comes back at once", async () => {
  const { pool, server, until, listeners } = scene({ a: { loaded: ["m:latest"] }, b: {} })
  pool.serve(["http://a", "http://b"])
  expect((await pool.view()).servers.map(({ address }) => address)).toEqual(["http://a", "http://b"])
  pool.serve(["http://b"])
  const again = pool.serve(["http://a", "http://b"])
  await settled()
  expect((await pool.view()).servers.map(({ address, state }) => [address, state])).toEqual([
    ["http://a", "up"],
    ["http://b", "up"],
  ])
  const answer = textOf(again)
  await until(() => server("a").answers.length === 1)
  server("a").answers.shift()?.()
  expect(await answer).toBe("a")
  expect(pool.serve([])).toBeUndefined()
  await settled()
  expect((await pool.view()).servers).toEqual([])
  expect(listeners()).toBe(0)
  await pool.stop()
})

it("does not take a server that came back for the one that is still leaving", async () => {
  const { pool, clock, server, until } = scene({ a: { holdsLook: true }, b: {} })
  pool.serve(["http://a", "http://b"])
  const looking = pool.view()
  await until(() => server("a").answers.length === 1)
  server("a").holdsLook = false
  pool.serve(["http://b"])
  pool.serve(["http://a", "http://b"])
  await settled()
  clock.advance(150)
  await looking
  const again = pool.view()
  await settled()
  server("a").answers.shift()?.()
  await settled()
  clock.advance(150)
  await again
  expect((await pool.view()).servers.map(({ address }) => address)).toEqual(["http://a", "http://b"])
  await pool.stop()
})

it("answers whoever asked before the settings changed on a server that is new", async () => {
  const { pool, server, until } = scene({ a: { loaded: ["m:latest"] }, b: { loaded: ["m:latest"] } })
  const before = pool.serve(["http://a"])
  pool.serve(["http://b"])
  await settled()
  const answer = textOf(before)
  await until(() => server("b").answers.length === 1)
  server("b").answers.shift()?.()
  expect(await answer).toBe("b")
  await pool.stop()
})

it("takes the first of two addresses that differ by their password only", async () => {
  const { pool, server, until } = scene({ a: { loaded: ["m:latest"] } })
  const answer = textOf(pool.serve(["http://me:secret@a", "http://a"]))
  await until(() => server("a").answers.length === 1)
  server("a").answers.shift()?.()
  expect(await answer).toBe("a")
  expect(JSON.stringify(await pool.view())).not.toContain("secret")
  await pool.stop()
})

it("ends with a line, and leaves nobody listening", async () => {
  const { pool, clock, server, until, listeners, logged } = scene({ a: { loaded: ["m:latest"] } }, { parallel: 1 })
  const provider = pool.serve(["http://a"])
  const first = textOf(provider, asker(1))
  await until(() => server("a").answers.length === 1)
  const second = textOf(provider, asker(2)).catch((thrown: unknown) => thrown)
  await settled()
  clock.advance(400)
  expect(await second).toBeInstanceOf(MustWait)
  await pool.stop()
  expect(listeners()).toBe(0)
  server("a").answers.shift()?.()
  await first
  expect(logged).toEqual([])
})
