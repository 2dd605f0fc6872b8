import type { RunId } from "../protocol/id.ts"
import type { Preparation } from "./preparation.ts"

/** Brings a queued run to a worker. May deliver twice, late or never: the take and the sweep make that harmless. */
export interface Dispatcher {
  /** Resolves when the work is handed over, not when it is done. */
  dispatch(work: Work): Promise<void>
  /**
   * The token of a worker in this very process that is ready to begin, where there is one: the transaction that starts
   * a run can then take it for that worker, and what the start has read need not be read again. Work that was claimed
   * so must reach the worker at most once. Undefined when work has to be taken in the usual way.
   */
  claim?(): string | undefined
}

export type Work = {
  runId: RunId
  /** The turn to take. */
  turn: number
  claimed?: Claimed
}

/** A run that its start has taken for a worker in its own process. */
export type Claimed = { owner: string; preparation: Preparation }
