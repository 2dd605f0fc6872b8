/** The numbers of the run engine, in milliseconds unless the name says otherwise. */
export type RunSettings = {
  lease: number
  renewEvery: number
  /** How long before its lease ends a worker that could not renew it gives up, and how long after it others may close. */
  leaseMargin: number
  /** A follow that finds the lease not renewed for this long waits for its end. */
  leaseStale: number
  /** How often a worker with nothing to append looks for flags by itself. */
  flagsPoll: number
  /** How often a reader of the journal looks for new events by itself. */
  journalPoll: number
  flush: { early: number; earlyFor: number; late: number; lateForCheap: number; unfollowed: number }
  /** Bytes that make an unfollowed run flush before its time. */
  unfollowedBytes: number
  /** Dollars per million output tokens below which a model is cheap. */
  cheapBelow: number
  /** Silence after which a follower gets an empty frame. */
  signOfLife: number
  postTimeout: number
  postBackoff: { first: number; most: number }
  /** How long pumps go on after the terminal event. */
  drain: number
  /** What a worker with a time limit keeps for closing its run. */
  closeBefore: number
  /** A run with steps is handed over when less than this remains at a step boundary. */
  handOverBefore: number
  /** A repeated start dispatches again a run that has been queued for longer. */
  redispatchOnStart: number
  redispatchOnSweep: number
  giveUpQueued: number
  /** A run that waits for the pool is dispatched again when it has waited for so long: it finds its place in line, or a new one. */
  recheckWaiting: number
  appendBackoff: { first: number; most: number }
  /** How long the journal is kept after the end. */
  keepJournal: number
  keepTemporary: number
}

const seconds = 1000
const hours = 3600 * seconds

export const defaultRunSettings: RunSettings = {
  lease: 20 * seconds,
  renewEvery: 5 * seconds,
  leaseMargin: 2 * seconds,
  leaseStale: 7 * seconds,
  flagsPoll: 500,
  journalPoll: 250,
  flush: { early: 50, earlyFor: 500, late: 150, lateForCheap: 250, unfollowed: 1 * seconds },
  unfollowedBytes: 4096,
  cheapBelow: 0.5,
  signOfLife: 5 * seconds,
  postTimeout: 5 * seconds,
  postBackoff: { first: 50, most: 1 * seconds },
  drain: 5 * seconds,
  closeBefore: 45 * seconds,
  handOverBefore: 180 * seconds,
  redispatchOnStart: 2 * seconds,
  redispatchOnSweep: 10 * seconds,
  giveUpQueued: 60 * seconds,
  recheckWaiting: 120 * seconds,
  appendBackoff: { first: 50, most: 1 * seconds },
  keepJournal: 24 * hours,
  keepTemporary: 24 * hours,
}

/** In one process a hint replaces the poll, and an append costs a tenth of a millisecond. */
export const oneMachineRunSettings: RunSettings = {
  ...defaultRunSettings,
  flagsPoll: 5 * seconds,
  journalPoll: 5 * seconds,
  flush: { early: 25, earlyFor: 500, late: 25, lateForCheap: 25, unfollowed: 1 * seconds },
}
