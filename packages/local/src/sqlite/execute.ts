import { applyChange, holds } from "@omnichat/core/store/evaluate"
import { decodeItem } from "@omnichat/core/store/item"
import type { Change, Item, Key } from "@omnichat/core/store/table"
import { type Answer, type Conditions, type Failure, type Request, type Row, type Step, isFailure } from "./message.ts"
import { fromConditions, toConditions, toRow } from "./row.ts"
import type { Rows } from "./rows.ts"
import type { Search } from "./search.ts"

/** `search` reads the table, `searchIndex` the index, which may be older. */
export type Store = { rows: Rows; search: Search; searchIndex: Search }

export const isWrite = ([kind]: Request): boolean => kind !== "get" && kind !== "query" && kind !== "batchGet"

/**
 * Answers one request inside a transaction that is open. Whatever can be wrong with it is found before the first row is
 * written, so a request that fails leaves nothing to undo. Throws TypeError and RangeError for what a change cannot do,
 * and whatever SQLite throws.
 */
export function execute({ rows, search, searchIndex }: Store, request: Request, now: number): Answer {
  switch (request[0]) {
    case "get":
      return rows.readLive({ pk: request[1], sk: request[2] }, now)
    case "query":
      return (request[1].index === undefined ? search : searchIndex)(request[1], request[2], now)
    case "batchGet":
      return request[1].map((key) => rows.readLive(key, now)).filter((json) => json !== undefined)
    case "batchWrite":
      for (const write of request[1]) execute({ rows, search, searchIndex }, write, now)
      return undefined
    case "transact": {
      const done = perform(rows, request[1])
      return isFailure(done) ? done : undefined
    }
    case "put":
      return put(rows, request[1], request[2])
    case "delete":
      return request[2] === "" ? rows.remove(request[1]) : answer(perform(rows, [request]), "before")
    case "update":
      return answer(perform(rows, [request]), "after")
  }
}

/** The two usual puts, unconditional and "if absent", are one statement and need nothing parsed. */
function put(rows: Rows, row: Row, conditions: Conditions): Answer {
  if (conditions === "") {
    rows.write(row)
    return undefined
  }
  if (ifAbsent.has(conditions) && rows.writeIfAbsent(row)) return undefined
  const done = perform(rows, [["put", row, conditions]])
  return isFailure(done) ? done : undefined
}

const ifAbsent: ReadonlySet<Conditions> = new Set([[{ absent: "pk" }], [{ absent: "sk" }]].map(toConditions))

type Performed = { before: string | undefined; after: string | undefined }[]

/** All of the steps or none. */
function perform(rows: Rows, steps: Step[]): Performed | Failure {
  const found = steps.map((step) => rows.read(keyOf(step)))
  const items = found.map((json) => (json === undefined ? undefined : decodeItem(json)))
  const kept = steps.map((step, at) => holds(items[at], fromConditions(step[2])))
  if (kept.includes(false)) {
    const reasons = kept.map((holds, at) => {
      const item = holds ? undefined : found[at]
      return item === undefined ? { failed: !holds } : { failed: !holds, item }
    })
    return { failed: "conditions", reasons }
  }
  const writes = steps.map((step, at) => toWrite(step, items[at]))
  for (const [at, row] of writes.entries()) {
    const step = steps[at]
    if (row !== undefined) rows.write(row)
    else if (step?.[0] === "delete") rows.remove(step[1])
  }
  return found.map((before, at) => ({ before, after: writes[at]?.[2] }))
}

function toWrite(step: Step, item: Item | undefined): Row | undefined {
  if (step[0] === "put") return step[1]
  return step[0] === "update" ? toRow(applyChange(item, step[1], JSON.parse(step[3]) as Change)) : undefined
}

function answer(done: Performed | Failure, which: "before" | "after"): Answer {
  return isFailure(done) ? done : done[0]?.[which]
}

function keyOf(step: Step): Key {
  return step[0] === "put" ? { pk: step[1][0], sk: step[1][1] } : step[1]
}
