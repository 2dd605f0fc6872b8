import type { Ports } from "@omnichat/core/ports"
import { isLeaseOver } from "@omnichat/core/run/access"
import { closeRun, notTaken } from "@omnichat/core/run/close"
import { isUnfinished } from "@omnichat/core/run/record"
import { readRecord } from "@omnichat/core/run/store"
import { parseWork } from "./handler.ts"

/**
 * What becomes of a delivery that no worker could do: its run is ended, if it still waits for that turn or its worker has
 * died. A run that somebody works on, or that waits for another turn, is left alone; the sweep looks after it.
 */
export function createCloser(ports: Ports): (delivered: unknown) => Promise<void> {
  return async (delivered) => {
    const { runId, turn } = parseWork(delivered)
    const record = await readRecord(ports.table, runId)
    if (record === undefined || !isUnfinished(record)) return
    const waits = record.status === "queued" && record.turn === turn
    if (!waits && !isLeaseOver(record, ports)) {
      ports.log.info("run-left-to-sweep", { run: runId, turn, status: record.status })
      return
    }
    ports.log.warn("run-given-up", { run: runId, turn, status: record.status })
    await closeRun(ports, record, waits ? { outcome: notTaken } : {})
  }
}
