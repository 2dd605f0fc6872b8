import type { Asker } from "../model/provider.ts"

/** Somebody who stands in line for a place on a server. */
export type Waiting = Asker & {
  model: string
  /** Its place: lower is sooner. See `rankFor`. */
  rank: number
  /** When it came to stand in line (epoch milliseconds). */
  since: number
  called?: Called
  /** Epoch seconds: far beyond any waiting. */
  expiresAt: number
}

/** It was called: to the place that was kept for it, or to be told why there is none. */
export type Called = { at: number; nodeId?: string; failed?: string }

/** What the pool knows of itself. Times are epoch milliseconds. */
export type PoolState = {
  /** Who drives it now. */
  driver?: { owner: string; until: number }
  /** The highest rank that was called: where those who come now begin. */
  served: number
  /** Servers are being started: since when, until when that is believed, and how many there are to be. */
  start?: { at: number; until: number; desired: number }
  /** Machines that run and have not reported, by when that was seen first. */
  silent?: Record<string, number>
  /** Why the last start came to nothing. */
  failed?: { at: number; message: string }
}

/**
 * The place of a newcomer. Everybody gets one place in each round: who already waits or is being answered stands in a
 * later round, so that one user with twenty questions does not make the others wait for them. Who came in an earlier round
 * is never overtaken without end: newcomers begin where the line is now.
 */
export function rankFor(userId: string, served: number, waiting: readonly Waiting[], underWay: number): number {
  const own = waiting.filter((each) => each.userId === userId && each.called === undefined)
  return own.reduce((rank, each) => Math.max(rank, each.rank), served + underWay) + 1
}

/** First in line first. */
export function inOrder(waiting: readonly Waiting[]): Waiting[] {
  return waiting.toSorted((a, b) => a.rank - b.rank || a.since - b.since || (a.runId < b.runId ? -1 : 1))
}
