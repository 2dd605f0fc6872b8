import type { Log } from "../log.ts"
import type { Metrics } from "../metrics.ts"
import type { RunPorts } from "../run/ports.ts"
import type { Wake } from "../run/wake.ts"
import type { Clock } from "../store/clock.ts"
import type { Table } from "../store/table.ts"
import type { PoolScaler } from "./scaler.ts"
import type { PoolSettings } from "./settings.ts"

/** What the pool needs of a runtime. */
export type PoolPorts = {
  /** Of the pool alone: in memory on one machine, where nobody else sends work to its servers. */
  table: Table
  clock: Clock
  log: Log
  metrics: Metrics
  wake: Wake
  settings: PoolSettings
  /** Bytes of the models that servers are given, by full name; empty where each has what it has. */
  sizes: ReadonlyMap<string, number>
  /** How many servers there may be, where they are started when they are needed. */
  most?: number
  /** Looks at servers that were not looked at for a while. */
  freshen?: () => Promise<void>
  /** Sees to it that somebody drives the line: once for each who goes to stand in it. */
  drive: () => Promise<void>
}

/** What driving the line needs besides. */
export type DrivePorts = PoolPorts & {
  /** Where the runs are that stand in line. */
  runs: RunPorts
  scaler?: PoolScaler
}
