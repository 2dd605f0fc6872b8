import { describe } from "@omnichat/core/log"
import type { Log } from "@omnichat/core/log"
import type { Dispatcher, Work } from "@omnichat/core/run/dispatcher"

export type InProcessDispatcher = Dispatcher & {
  /** How many turns are being worked on. */
  readonly active: number
  /** Takes no more work: what is queued stays in the store and begins at the next start. */
  stop(): void
  /** Resolves when no turn is being worked on. */
  idle(): Promise<void>
}

/** Work is done in this process, beside everything else. */
export function createDispatcher(execute: (work: Work) => Promise<void>, log: Log): InProcessDispatcher {
  const working = new Set<Promise<void>>()
  let stopped = false
  const run = async (work: Work): Promise<void> => {
    try {
      await execute(work)
    } catch (thrown) {
      // the lease ends and the sweep closes the run
      log.error("turn-not-executed", { run: work.runId, turn: work.turn, error: describe(thrown) })
    }
  }
  return {
    get active() {
      return working.size
    },
    async dispatch(work) {
      if (stopped) return
      const turn = run(work).finally(() => working.delete(turn))
      working.add(turn)
    },
    claim: () => (stopped ? undefined : crypto.randomUUID()),
    stop() {
      stopped = true
    },
    async idle() {
      while (working.size > 0) await Promise.all(working)
    },
  }
}
