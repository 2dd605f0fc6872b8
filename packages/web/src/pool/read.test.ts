import type { PoolView } from "@omnichat/core/protocol/pool"
import { expect, test } from "vitest"
import { readPool } from "./read.ts"

const view: PoolView = {
  at: "2026-01-01T00:00:00.000Z",
  servers: [
    {
      id: "a",
      address: "10.0.0.7:11434",
      state: "up",
      models: [{ name: "qwen3:4b", bytes: 3e9 }],
      loading: { model: "llama3.2" },
      answers: { now: 1, most: 4 },
      gpu: { use: 0.5 },
    },
  ],
  waiting: [{ position: 1, model: "llama3.2", since: "2026-01-01T00:00:00.000Z", reason: "loading" }],
  scale: { running: 1, most: 4 },
}

const answering = (body: unknown, status = 200) => {
  const asked: { url: string; token: string | null }[] = []
  const fetch = (url: unknown, options?: RequestInit) => {
    asked.push({ url: String(url), token: new Headers(options?.headers).get("authorization") })
    return Promise.resolve(Response.json(body, { status }))
  }
  return { asked, options: { baseUrl: "http://server", fetch: fetch as typeof globalThis.fetch } }
}

test("the pool is asked for as the one who is signed in", async () => {
  const { asked, options } = answering(view)
  expect(await readPool({ ...options, token: () => "a-token" })).toEqual(view)
  expect(asked).toEqual([{ url: "http://server/api/pool", token: "Bearer a-token" }])
})

test("what is no pool is refused, and what a service says is told", async () => {
  const wrong = { ...view, servers: [{ ...view.servers[0], state: "asleep" }] }
  await expect(readPool(answering(wrong).options)).rejects.toMatchObject({ code: "internal" })
  const error = { code: "not_found", message: "This service has no pool.", retryable: false }
  await expect(readPool(answering({ error }, 404).options)).rejects.toMatchObject(error)
})
