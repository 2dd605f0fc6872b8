import { setMaxListeners } from "node:events"
import type { Log } from "@omnichat/core/log"
import type { Ports } from "@omnichat/core/ports"
import { executeRun } from "@omnichat/core/run/execute"
import { oneMachineRunSettings } from "@omnichat/core/run/settings"
import { createHttpFetch } from "@omnichat/functions/http-fetch"
import type { LocalAdmin } from "@omnichat/functions/http/settings"
import { createFolderBlobs, sweepUnfinished } from "./blobs/folder.ts"
import type { FolderBlobs } from "./blobs/folder.ts"
import { createUploadSigner } from "./blobs/signer.ts"
import type { UploadSigner } from "./blobs/signer.ts"
import { createClock } from "./clock.ts"
import type { MachineClock } from "./clock.ts"
import { openDataFolder } from "./data-folder.ts"
import { createDispatcher } from "./dispatch.ts"
import type { InProcessDispatcher } from "./dispatch.ts"
import { createMetrics } from "./metrics.ts"
import type { MachineMetrics } from "./metrics.ts"
import { createMachineModels } from "./models/machine-models.ts"
import { createOllamaPool } from "./models/ollama-pool.ts"
import type { OllamaPool } from "./models/ollama-pool.ts"
import { rememberReads } from "./remembered-reads.ts"
import type { Settings } from "./settings.ts"
import { Peers } from "./socket/peers.ts"
import { openSqliteTable } from "./sqlite/open.ts"
import { createWake } from "./wake.ts"
import { within } from "./within.ts"

/** Every port of one machine, and what only this machine has besides. */
export type Runtime = {
  ports: Ports
  clock: MachineClock
  dispatcher: InProcessDispatcher
  peers: Peers
  blobs: FolderBlobs
  signer: UploadSigner
  metrics: MachineMetrics
  admin: LocalAdmin
  ollamas: OllamaPool
  /** Ends the runs: no new ones are begun, those under way are journalled as interrupted within `graceMs`. */
  endRuns(graceMs: number): Promise<void>
  close(): Promise<void>
}

/** @throws StoreUnavailable saying what is wrong with the data folder and what to do */
export async function openRuntime(
  settings: Settings,
  build: { threadEntry: URL; version: string },
  log: Log,
): Promise<Runtime> {
  const clock = createClock()
  const data = await openDataFolder(settings.dataFolder, log)
  const store = await openSqliteTable({
    file: data.database,
    now: clock.now,
    threadEntry: build.threadEntry,
  })
  const table = rememberReads(store.table, clock.now)
  const shutdown = new AbortController()
  setMaxListeners(0, shutdown.signal) // every run listens
  const signer = createUploadSigner(data.signingKey, clock.now)
  const blobs = createFolderBlobs(data.blobs, signer)
  await sweepUnfinished(data.blobs)
  const peers = new Peers()
  const dispatcher = createDispatcher((work) => executeRun(ports, work, { shutdown: shutdown.signal }), log)
  const metrics = createMetrics({
    activeRuns: () => dispatcher.active,
    connections: () => peers.size,
    pool: () => ollamas.lastView(),
  })
  const fetch = createHttpFetch()
  const wake = createWake()
  const { ollamaParallel: parallel } = settings
  const ollamas = createOllamaPool({
    ports: { clock, log, metrics, wake },
    runs: () => ports,
    fetch,
    ...(parallel !== undefined && { parallel }),
  })
  const { catalogue, admin } = await createMachineModels({
    table,
    clock,
    log,
    fetch,
    ollamas,
    settings,
    version: build.version,
  })
  const ports: Ports = {
    table,
    clock,
    wake,
    connections: peers,
    dispatcher,
    blobs,
    models: catalogue,
    log,
    metrics,
    runSettings: oneMachineRunSettings,
    background: () => {},
  }

  return {
    ports,
    clock,
    dispatcher,
    peers,
    blobs,
    signer,
    metrics,
    admin,
    ollamas,
    async endRuns(graceMs) {
      dispatcher.stop()
      shutdown.abort()
      const ended = await within(graceMs, Promise.all([dispatcher.idle(), ollamas.stop()]))
      if (!ended) log.error("runs-not-ended", { runs: dispatcher.active })
    },
    close: store.close,
  }
}
