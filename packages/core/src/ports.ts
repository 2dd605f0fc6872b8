import type { Background } from "./background.ts"
import type { Connections } from "./connection/connections.ts"
import type { Blobs } from "./file/blobs.ts"
import type { Log } from "./log.ts"
import type { Metrics } from "./metrics.ts"
import type { Models } from "./model/models.ts"
import type { Dispatcher } from "./run/dispatcher.ts"
import type { RunSettings } from "./run/settings.ts"
import type { Wake } from "./run/wake.ts"
import type { Clock, Timer } from "./store/clock.ts"
import type { Table } from "./store/table.ts"

/** All that a runtime brings. Modules take the part they need. */
export type Ports = {
  table: Table
  clock: Clock & Timer
  wake: Wake
  connections: Connections
  dispatcher: Dispatcher
  blobs: Blobs
  models: Models
  log: Log
  metrics: Metrics
  runSettings: RunSettings
  background: Background
}
