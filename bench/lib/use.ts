import { monitorEventLoopDelay } from "node:perf_hooks"
import { busySecondsOf } from "./process.ts"
import type { BenchServer } from "./server.ts"

/** Who used what of the machine while something was measured: processors, on average. */
export type Use = {
  server: number
  /** Other programs on the server's processor; NaN where it has none to itself. */
  others: number
  bench: number
  /** How late the bench's event loop was (p99), in milliseconds. */
  benchLateness: number
}

/** Watches from now on until the function is called. */
export function watchUse(server: BenchServer, core: number | undefined): () => Use {
  const delay = monitorEventLoopDelay({ resolution: resolutionMs })
  delay.enable()
  const [began, ofServer, ofCore, ofBench] = [
    performance.now(),
    server.cpuSeconds(),
    busySecondsOf(core),
    process.cpuUsage(),
  ]
  return () => {
    delay.disable()
    const seconds = (performance.now() - began) / 1000
    const { user, system } = process.cpuUsage(ofBench)
    const served = (server.cpuSeconds() - ofServer) / seconds
    return {
      server: served,
      others: (busySecondsOf(core) - ofCore) / seconds - served,
      bench: (user + system) / 1e6 / seconds,
      benchLateness: Math.max(0, delay.percentile(99) / 1e6 - resolutionMs),
    }
  }
}

const resolutionMs = 5

/** Warnings where something other than the server may have been what was slow. */
export function useNotes(uses: Use[]): string[] {
  const others = Math.max(...uses.map((use) => use.others))
  const bench = Math.max(...uses.map((use) => use.bench))
  const lateness = Math.max(...uses.map((use) => use.benchLateness))
  const notes: string[] = []
  if (others > 0.05) {
    notes.push(`The server was not alone: other programs took up to ${percent(others)} of its processor.`)
  }
  if (bench > 0.8) {
    notes.push(`The bench took up to ${percent(bench)} of its own: part of the figure is its slowness.`)
  } else if (lateness > 10) {
    notes.push(`The bench was kept from its processor and up to ${lateness.toFixed(0)} ms late (p99) itself.`)
  }
  return notes
}

const percent = (part: number): string => `${Math.round(part * 100)} %`
