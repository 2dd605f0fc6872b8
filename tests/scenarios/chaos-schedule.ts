import fc from "fast-check"

/** What happens to one run: how it begins, and what each of its followers does, told by the events that have been made. */
export type Schedule = {
  /** Sent once; twice on one connection; on two connections at once; by HTTP and by socket at once. */
  begin: "once" | "twice" | "two connections" | "both doors"
  chunks: number
  intervalMs: number
  /** Of each follower; the first one's connection has sent the start. */
  followers: Step[][]
}

export type Step = {
  /** When so many more events have been made than at the step before. */
  wait: number
  move:
    | "drop"
    | "close"
    | "unfollow"
    | "pause"
    | "follow"
    | "follow from 0"
    | "start"
    | "start by http"
    | "stop"
    | "stop by http"
  /** Comes back, if it has gone, when so many more events have been made. */
  away: number
}

const step: fc.Arbitrary<Step> = fc.record({
  wait: fc.nat({ max: 4 }),
  move: fc.oneof(
    {
      weight: 8,
      arbitrary: fc.constantFrom<Step["move"][]>(
        ...(["drop", "close", "unfollow", "pause", "follow", "follow from 0", "start", "start by http"] as const),
      ),
    },
    { weight: 1, arbitrary: fc.constantFrom<Step["move"][]>("stop", "stop by http") },
  ),
  away: fc.nat({ max: 8 }),
})

export const schedule: fc.Arbitrary<Schedule> = fc.record({
  begin: fc.constantFrom<Schedule["begin"][]>("once", "twice", "two connections", "both doors"),
  chunks: fc.integer({ min: 1, max: 50 }),
  intervalMs: fc.integer({ min: 1, max: 7 }),
  followers: fc.array(fc.array(step, { maxLength: 5 }), { minLength: 1, maxLength: 3 }),
})
