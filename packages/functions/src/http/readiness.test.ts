import type { Source } from "@omnichat/core/protocol/settings"
import { StoreUnavailable } from "@omnichat/core/store/table"
import { expect, it } from "vitest"
import { memoryTable } from "@omnichat/core/store/memory"
import { createLog } from "../log.ts"
import { timers } from "../timers.ts"
import { checkReadiness } from "./readiness.ts"

type Options = { isFull?: boolean; models?: string[]; sources?: [Source["provider"], Source["state"]][] }

function scene({ isFull = false, models = ["ollama"], sources = [["ollama", "found"]] }: Options = {}) {
  const lines: string[] = []
  const clock = { ...timers, now: Date.now }
  const table = memoryTable({ now: clock.now })
  const full = { ...table, put: () => Promise.reject(new StoreUnavailable("the disk is full")) }
  const ports = {
    clock,
    table: isFull ? full : table,
    log: createLog("debug", (line) => void lines.push(line)),
    models: {
      list: async () => models.map((provider) => ({ id: `${provider}/m`, name: "m", provider, capabilities: [] })),
      find: () => Promise.reject(new Error("not asked")),
    },
  }
  const found = sources.map(([provider, state]): Source => ({ provider, state, address: "http://inside", models: [] }))
  return { check: () => checkReadiness(ports, async () => found), lines }
}

it("is ready when the store takes writes and a source answers, whatever the others do", async () => {
  expect(await scene().check()).toEqual({
    ready: true,
    store: "ok",
    models: 1,
    sources: [{ provider: "ollama", state: "found" }],
  })
  const { check } = scene({
    sources: [
      ["ollama", "silent"],
      ["openai", "found"],
      ["demo", "unset"],
    ],
  })
  expect(await check()).toMatchObject({ ready: true })
})

it("takes an alias for no model: somebody has to be there to answer for it", async () => {
  const silent: Options = { sources: [["ollama", "silent"]] }
  expect(await scene({ ...silent, models: ["auto", "demo"] }).check()).toMatchObject({ ready: true })
  expect(await scene({ ...silent, models: ["auto", "ollama"] }).check()).toMatchObject({ ready: false })
})

it("is ready when the demo is all there is to offer", async () => {
  const { check } = scene({
    models: ["demo"],
    sources: [
      ["ollama", "silent"],
      ["demo", "found"],
    ],
  })
  expect(await check()).toMatchObject({ ready: true, models: 1 })
})

it.each<[string, Options, string]>([
  [
    "every source is silent, though its models were seen and the demo is there",
    {
      models: ["ollama", "demo"],
      sources: [
        ["ollama", "silent"],
        ["ollama", "silent"],
        ["openai", "wrong"],
        ["demo", "found"],
      ],
    },
    "No model source answers (ollama is silent, openai is wrong): start a model server, or correct its address in the settings.",
  ],
  [
    "no source is set",
    { models: [], sources: [["ollama", "unset"]] },
    "No model source is set: set one in the settings.",
  ],
  ["no source has a model", { models: [] }, "No model source has a model: add one to a model server."],
])("is not ready when %s, and says what to do without addresses", async (_, options, message) => {
  const readiness = await scene(options).check()
  expect(readiness).toMatchObject({ ready: false, store: "ok", message })
  expect(JSON.stringify(readiness)).not.toContain("http://inside")
})

it("is not ready when nothing can be written", async () => {
  const { check, lines } = scene({ isFull: true })
  const message = "The store takes no writes: the log says why."
  expect(await check()).toMatchObject({ ready: false, store: "failed", message })
  expect(lines.join("")).toContain("the disk is full")
})
