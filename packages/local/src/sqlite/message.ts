import type { Place } from "@omnichat/core/store/cursor"
import type { Key, Query } from "@omnichat/core/store/table"

/**
 * What the server's thread and SQLite's thread say to each other. Items cross as the JSON they are stored as, conditions
 * and changes as JSON too: what the caller does to them later is not seen.
 */

export type ThreadOptions = {
  file: string
  /** At most so many items a page. */
  pageSize: number
  /** Index reads see the table as it was up to so long ago. 0 but in tests. */
  indexDelayMs: number
  /** How often idle time is used to delete expired items. */
  purgeEveryMs: number
}

/** The columns of the table. */
export type Row = [
  pk: string,
  sk: string,
  json: string,
  expires: number | null,
  gsi1pk: string | null,
  gsi1sk: string | null,
]

/** A list of conditions as JSON; the empty text when there are none. */
export type Conditions = string

export type PutStep = ["put", row: Row, conditions: Conditions]
export type UpdateStep = ["update", key: Key, conditions: Conditions, change: string]
export type DeleteStep = ["delete", key: Key, conditions: Conditions]
export type CheckStep = ["check", key: Key, conditions: Conditions]
export type Step = PutStep | UpdateStep | DeleteStep | CheckStep

export type Request =
  | PutStep
  | UpdateStep
  | DeleteStep
  | ["get", pk: string, sk: string]
  | ["query", query: Query, place: Place | undefined]
  | ["batchGet", keys: Key[]]
  | ["batchWrite", writes: (PutStep | DeleteStep)[]]
  | ["transact", steps: Step[]]

/** `now` is the server's clock in epoch milliseconds. */
export type Batch = { now: number; requests: Request[] }
export type ToThread = Batch | "close"

export type PageAnswer = { items: string[]; cursor?: string }
/** An item's JSON, nothing, several items, a page, or what went wrong. */
export type Answer = string | undefined | string[] | PageAnswer | Failure
export type Failure =
  | { failed: "conditions"; reasons: { failed: boolean; item?: string }[] }
  | { failed: "TypeError" | "RangeError" | "StoreUnavailable"; message: string }

/** First `opened` or a failure to open; then the answers of batches, in the order of their requests. */
export type FromThread = "opened" | { failedToOpen: Failure } | Answer[]

export const isFailure = <T>(answer: T | Failure): answer is Failure =>
  typeof answer === "object" && answer !== null && "failed" in answer
