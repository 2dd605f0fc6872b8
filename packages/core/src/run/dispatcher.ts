import type { RunId } from "../protocol/id.ts"

/** Brings a queued run to a worker. May deliver twice, late or never: the take and the sweep make that harmless. */
export interface Dispatcher {
  /** Resolves when the work is handed over, not when it is done. */
  dispatch(work: { runId: RunId; turn: number }): Promise<void>
}
