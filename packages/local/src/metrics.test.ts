import { expect, it } from "vitest"
import { createMetrics } from "./metrics.ts"

it("tells what was counted and timed, and what is so now", async () => {
  let connections = 1
  const metrics = createMetrics({ activeRuns: () => 3, connections: () => connections })
  metrics.count("runs_started_total", { provider: "ollama" })
  metrics.count("runs_started_total", { provider: "ollama" })
  metrics.count("output_tokens_total", {}, 42)
  metrics.observe("first_token_seconds", 0.3)
  connections = 2
  const { text } = await metrics.text()
  expect(text).toContain('omnichat_runs_started_total{provider="ollama"} 2')
  expect(text).toContain("omnichat_output_tokens_total 42")
  expect(text).toContain('omnichat_first_token_seconds_bucket{le="0.5"} 1')
  expect(text).toContain("omnichat_runs_active 3")
  expect(text).toContain("omnichat_connections 2")
})

it("never throws because of a label it does not know", async () => {
  const metrics = createMetrics({ activeRuns: () => 0, connections: () => 0 })
  metrics.count("runs_ended_total", { status: "complete", chat: "secret" })
  metrics.observe("run_seconds", 1, { chat: "secret" })
  expect((await metrics.text()).text).not.toContain("secret")
})

it("tells how the model servers were when they were looked at", async () => {
  const pool = {
    at: "2026-11-20T12:00:00.000Z",
    servers: [
      { id: "a", address: "http://a", state: "up" as const, models: [{ name: "x", gpuBytes: 5 }], answers: { now: 2 } },
      { id: "b", address: "http://b", state: "lost" as const, models: [], answers: { now: 0 }, gpu: { use: 0.5 } },
    ],
    waiting: [{ position: 1, model: "x", since: "2026-11-20T11:59:00.000Z", reason: "position" as const }],
  }
  const metrics = createMetrics({ activeRuns: () => 0, connections: () => 0, pool: () => Promise.resolve(pool) })
  const first = (await metrics.text()).text
  expect(first).toContain('omnichat_pool_answers{server="http://a"} 2')
  expect(first).toContain('omnichat_pool_up{server="http://b"} 0')
  expect(first).toContain('omnichat_pool_gpu_use{server="http://b"} 0.5')
  expect(first).toContain('omnichat_pool_gpu_memory_used_bytes{server="http://a"} 5')
  expect(first).toContain("omnichat_pool_waiting 1")
  pool.servers.pop()
  expect((await metrics.text()).text).not.toContain("http://b")
})
