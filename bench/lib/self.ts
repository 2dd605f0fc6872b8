import { monitorEventLoopDelay } from "node:perf_hooks"

/** What the bench itself took of its processor while it measured. */
export type SelfUse = {
  /** Processors used on average. */
  cores: number
  /** How late its event loop was, in milliseconds. */
  lateness99: number
}

/** Watches this process, so that a slow bench is not taken for a slow server. */
export function watchSelf(): () => SelfUse {
  const delay = monitorEventLoopDelay({ resolution: resolutionMs })
  delay.enable()
  const cpu = process.cpuUsage()
  const began = performance.now()
  return () => {
    delay.disable()
    const { user, system } = process.cpuUsage(cpu)
    return {
      cores: (user + system) / 1000 / (performance.now() - began),
      lateness99: Math.max(0, delay.percentile(99) / 1e6 - resolutionMs),
    }
  }
}

const resolutionMs = 5

/** A warning when the bench may have been what was slow. */
export function selfNotes({ cores, lateness99 }: SelfUse): string[] {
  if (cores < 0.8) return []
  const used = `${Math.round(cores * 100)} % of its processor and was up to ${lateness99.toFixed(0)} ms late (p99)`
  return [`The bench itself used ${used}: part of this figure is its own slowness.`]
}
