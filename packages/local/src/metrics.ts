import type { CounterName, HistogramName, Metrics } from "@omnichat/core/metrics"
import type { PoolServer, PoolView } from "@omnichat/core/protocol/pool"
import { Counter, Gauge, Histogram, Registry } from "prom-client"

export type MachineMetrics = Metrics & {
  /** Prometheus text, and its media type. */
  text(): Promise<{ text: string; contentType: string }>
}

/** What is looked up when somebody asks. */
export type Gauges = { activeRuns(): number; connections(): number; pool?(): Promise<PoolView> }

const counters: Record<CounterName, { help: string; labels: string[] }> = {
  runs_started_total: { help: "Runs that were started", labels: ["provider"] },
  runs_ended_total: { help: "Runs that ended, by how", labels: ["status"] },
  runs_fenced_total: { help: "Turns that found their run in other hands", labels: [] },
  output_tokens_total: { help: "Tokens that models gave", labels: [] },
}

const seconds = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600]
const histograms: Record<HistogramName, { help: string; buckets: number[] }> = {
  first_token_seconds: { help: "From the start of a run to its first text or reasoning", buckets: seconds },
  run_seconds: { help: "From the start of a run to its end", buckets: seconds },
  queue_seconds: { help: "From the start of a run until a worker took it", buckets: seconds },
  queue_wait_seconds: { help: "Time in line for a place on a model server", buckets: seconds },
  model_load_seconds: { help: "From asking a server for a model until it was in memory", buckets: seconds },
  tokens_per_second: {
    help: "Output tokens a second, of runs that ended",
    buckets: [1, 2, 5, 10, 20, 30, 50, 75, 100, 150, 200, 500],
  },
}

/** Counts in this process, told in Prometheus' text format. */
export function createMetrics(gauges: Gauges): MachineMetrics {
  const registry = new Registry()
  const registers = [registry]
  const counting = Object.fromEntries(
    Object.entries(counters).map(([name, { help, labels }]) => [
      name,
      new Counter({ name: `omnichat_${name}`, help, labelNames: labels, registers }),
    ]),
  )
  const timing = Object.fromEntries(
    Object.entries(histograms).map(([name, { help, buckets }]) => [
      name,
      new Histogram({ name: `omnichat_${name}`, help, buckets, registers }),
    ]),
  )
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read())
      },
    })
  gauge("omnichat_runs_active", "Runs that are being worked on", gauges.activeRuns)
  gauge("omnichat_connections", "Open sockets", gauges.connections)
  addPool(registry, gauges)
  gauge("process_resident_memory_bytes", "Memory of this process", () => process.memoryUsage.rss())
  gauge("nodejs_heap_size_used_bytes", "Memory that JavaScript objects take", () => process.memoryUsage().heapUsed)
  gauge("process_uptime_seconds", "Age of this process", () => process.uptime())

  return {
    count: (name, labels, by) => counting[name]?.inc(knownLabels(name, labels), by ?? 1),
    observe: (name, value) => timing[name]?.observe(value),
    text: async () => ({ text: await registry.metrics(), contentType: registry.contentType }),
  }
}

const ofServers: Record<string, { help: string; read(server: PoolServer): number | undefined }> = {
  omnichat_pool_answers: { help: "Answers under way, by model server", read: ({ answers }) => answers.now },
  omnichat_pool_models_loaded: { help: "Models in memory, by model server", read: ({ models }) => models.length },
  omnichat_pool_up: { help: "Whether it takes work, by model server", read: ({ state }) => Number(state === "up") },
  omnichat_pool_gpu_use: { help: "From 0 to 1, by model server", read: ({ gpu }) => gpu?.use },
  omnichat_pool_gpu_memory_used_bytes: {
    help: "By model server",
    // What its models take, where the driver says nothing.
    read: ({ gpu, models }) => gpu?.memoryUsedBytes ?? models.reduce((sum, { gpuBytes = 0 }) => sum + gpuBytes, 0),
  },
}

/** How the model servers were when they were last looked at: nobody looks for a number's sake. */
function addPool(registry: Registry, { pool }: Gauges): void {
  if (pool === undefined) return
  for (const [name, { help, read }] of Object.entries(ofServers)) {
    const gauge = new Gauge({
      name,
      help,
      registers: [],
      labelNames: ["server"],
      async collect() {
        this.reset()
        for (const server of (await pool()).servers) {
          const value = read(server)
          if (value !== undefined) this.set({ server: server.address }, value)
        }
      },
    })
    registry.registerMetric(gauge)
  }
  const waiting = new Gauge({
    name: "omnichat_pool_waiting",
    help: "Runs that stand in line for a model server",
    registers: [],
    async collect() {
      this.set((await pool()).waiting.length)
    },
  })
  registry.registerMetric(waiting)
}

/** A label nobody declared here would throw, and a count may never stop a run. */
const knownLabels = (name: CounterName, labels: Record<string, string> = {}): Record<string, string> =>
  Object.fromEntries(Object.entries(labels).filter(([label]) => counters[name].labels.includes(label)))
