import { purgeChats } from "../chat/purge.ts"
import { removeUnnamedFiles } from "../file/remove.ts"
import { describe } from "../log.ts"
import { isLeaseOver } from "./access.ts"
import { closeRun, notTaken } from "./close.ts"
import type { RunPorts } from "./ports.ts"
import type { RunRecord } from "./record.ts"
import { listActive } from "./store.ts"

/**
 * Finds the dead: every minute on AWS, every ten seconds on one machine. A lease that is over is closed, a queued run
 * nobody took is dispatched again and at last closed. Each run by itself: one that fails holds up no other.
 */
export async function sweep(ports: RunPorts): Promise<void> {
  // It looks again and again and at what is minutes old, so a listing of a moment ago will do.
  const active = await listActive(ports.table, { consistent: false })
  await Promise.all(active.map((record) => guarded(ports, record, () => sweepRun(ports, record))))
  await purgeChats(ports)
  await removeUnnamedFiles(ports)
}

/** At the start of a one-machine server, before it says that it is alive: nobody else holds a run. */
export async function recover(ports: RunPorts): Promise<void> {
  const active = await listActive(ports.table, { consistent: true })
  await Promise.all(
    active.map((record) =>
      guarded(ports, record, async () => {
        if (record.status === "running") await closeRun(ports, record, { everyLeaseIsOver: true })
        else if (record.status === "queued") await resume(ports, record)
      }),
    ),
  )
}

async function sweepRun(ports: RunPorts, record: RunRecord): Promise<void> {
  const { clock, runSettings } = ports
  if (isLeaseOver(record, ports)) {
    await closeRun(ports, record)
    return
  }
  if (record.status !== "queued") return
  const waited = clock.now() - record.queuedAt
  if (record.stop) await closeRun(ports, record)
  else if (record.waitsFor !== undefined) {
    // Whatever has called it, or should have: standing in line twice is standing there once.
    if (record.waitsFor === "pool" && waited >= runSettings.recheckWaiting) await resume(ports, record)
  } else if (waited >= runSettings.giveUpQueued) await closeRun(ports, record, { outcome: notTaken })
  else if (waited >= runSettings.redispatchOnSweep) await resume(ports, record)
}

async function resume(ports: RunPorts, record: RunRecord): Promise<void> {
  if (record.stop) await closeRun(ports, record)
  else await ports.dispatcher.dispatch({ runId: record.runId, turn: record.turn })
}

async function guarded(ports: RunPorts, record: RunRecord, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    ports.log.error("run-not-swept", { run: record.runId, error: describe(error) })
  }
}
