import { expect, test } from "vitest"
import type { ProviderFetch } from "../../model/provider.ts"
import { memoryTable } from "../../store/memory.ts"
import { changeNode, readNode } from "../store.ts"
import { createAgent } from "./agent.ts"

const model = "small:1b"

/** An Ollama that loads what it is told to, and lists in memory what `listed` says. */
function scene(listed: () => string[]) {
  const asked: string[] = []
  const replies: Record<string, () => object> = {
    "/api/version": () => ({ version: "0.40.0" }),
    "/api/tags": () => ({ models: [{ name: model, size: 1 }] }),
    "/api/ps": () => ({ models: listed().map((name) => ({ name })) }),
    "/api/generate": () => ({ model, done: true, done_reason: "load" }),
  }
  const fetch: ProviderFetch = (url) => {
    const { pathname } = new URL(url)
    asked.push(pathname)
    const text = JSON.stringify(replies[pathname]?.() ?? {})
    return Promise.resolve({
      status: 200,
      headers: { get: () => null },
      body: null,
      text: () => Promise.resolve(text),
    })
  }
  const clock = { now: () => 1_000_000, sleep: () => new Promise<void>(() => {}) }
  const table = memoryTable(clock)
  const quiet = () => {}
  const agent = createAgent({
    nodeId: "n",
    address: "http://n",
    table,
    clock,
    log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    ollama: { baseUrl: "http://n", fetch },
    host: () => Promise.resolve({}),
  })
  const beat = async () => (await agent.beat(new AbortController().signal)).report?.loaded
  return {
    asked,
    beat,
    async load() {
      const node = await readNode(table, "n")
      if (node === undefined) throw new Error("it has not reported")
      const number = (node.want?.number ?? 0) + 1
      await changeNode(table, node, { want: { number, model, at: 1_000_000, evict: [] } })
      await beat()
      await expect.poll(async () => (await agent.beat(new AbortController().signal)).report?.handled).toBe(number)
    },
  }
}

test("a server that never lists what it has loaded says nothing of its memory, so that no question waits for another load", async () => {
  const { asked, beat, load } = scene(() => [])
  expect(await beat()).toEqual([])
  await load()
  expect(await beat()).toBeUndefined()
  expect(asked.filter((path) => path === "/api/generate")).toHaveLength(1)
})

test("one that lists it is believed, also when it has nothing in memory later", async () => {
  let listed: string[] = []
  const { beat, load } = scene(() => listed)
  await beat()
  listed = [model]
  await load()
  expect((await beat())?.map(({ name }) => name)).toEqual([model])
  listed = []
  expect(await beat()).toEqual([])
})
