import type { Event } from "../protocol/event.ts"
import { isTerminal } from "../protocol/event.ts"
import type { RunId } from "../protocol/id.ts"
import { type Reduction, reduce } from "../protocol/reduce.ts"
import { eventsKey, eventsPrefix, keys } from "../store/keys.ts"
import { ConditionFailed, type Item, type Operation, type Table } from "../store/table.ts"
import { type EncodedEvent, encodeEvent } from "./encode.ts"

/**
 * The journal of a run: batches of numbered events, each put only if nobody else has put one at that number. That key is
 * the fence: of two writers one wins, and the other learns it before it has said anything.
 */
export type Batch = {
  first: number
  last: number
  /** The token of its writer. */
  by: string
  events: EncodedEvent[]
}

/** Another writer holds the number: whoever catches this writes nothing more to the run. */
export class Fenced extends Error {
  override name = "Fenced"
}

/** The one write of a batch, by itself or in a transaction. `expiresAt` is epoch seconds. */
export function batchOperation(runId: RunId, batch: Batch, expiresAt: number): Operation {
  const { pk, sk } = keys.events(runId, batch.first)
  return {
    // Named one by one: spreading a key into the most frequent write of all costs more than the rest of it.
    put: {
      pk,
      sk,
      last: batch.last,
      by: batch.by,
      events: `[${batch.events.map((event) => event.json).join(",")}]`,
      expiresAt,
    },
    if: [{ absent: "pk" }],
  }
}

/** Makes a batch durable. Throws Fenced when another writer was first; a retry of our own success is no fence. */
export async function append(table: Table, runId: RunId, batch: Batch, expiresAt: number): Promise<void> {
  const operation = batchOperation(runId, batch, expiresAt)
  try {
    if ("put" in operation) await table.put(operation.put, { if: operation.if ?? [] })
  } catch (error) {
    if (!(error instanceof ConditionFailed)) throw error
    if (!isOurs(error.item ?? (await table.get(keys.events(runId, batch.first), { consistent: true })), batch)) {
      throw new Fenced(`event ${batch.first} of ${runId} was written by somebody else`)
    }
  }
}

/** Makes a batch durable if the run still waits as it was seen; false when it does not, or somebody else was first. */
export async function appendWhile(
  table: Table,
  runId: RunId,
  batch: Batch,
  expiresAt: number,
  check: Operation,
): Promise<boolean> {
  try {
    await table.transact([batchOperation(runId, batch, expiresAt), check])
    return true
  } catch (error) {
    if (error instanceof ConditionFailed) return false
    throw error
  }
}

/** Whether the item that stands where a batch should go is that very batch. */
export function isOurs(item: Item | undefined, batch: Batch): boolean {
  return item !== undefined && item.by === batch.by && item.last === batch.last
}

/** How many bytes of events one batch takes; an item has 400 KB at most. */
const batchBytes = 200_000

/** The first events of a run as batches that fit. */
export function inBatches(events: EncodedEvent[], by: string): Batch[] {
  const batches: Batch[] = []
  let bytes = 0
  for (const [at, event] of events.entries()) {
    const current = batches.at(-1)
    if (current && bytes + event.bytes <= batchBytes) {
      current.events.push(event)
      current.last = at + 1
      bytes += event.bytes
    } else {
      batches.push({ first: at + 1, last: at + 1, by, events: [event] })
      bytes = event.bytes
    }
  }
  return batches
}

export type Journal = {
  /** The encoded events after `after`, in order. */
  events: EncodedEvent[]
  parsed: Event[]
  /** The number of the newest event; `after` when there is none. */
  last: number
  ended: boolean
}

/** The journal that these events make from its beginning. */
export function journalOf(events: EncodedEvent[]): Journal {
  const parsed = events.map(({ json }) => JSON.parse(json) as Event)
  const newest = parsed.at(-1)
  return { events: [...events], parsed, last: events.length, ended: newest !== undefined && isTerminal(newest) }
}

/** Reads the whole journal after a number, consistently. */
export async function readJournal(table: Table, runId: RunId, after = 0): Promise<Journal> {
  const journal: Journal = { events: [], parsed: [], last: after, ended: false }
  // A batch may begin before `after`, so the first key that matters is not known: small numbers are read over.
  const between: [string, string] = [await firstKeyFor(table, runId, after), `${eventsPrefix}~`]
  let cursor: string | undefined
  do {
    const page = await table.query({
      pk: keys.run(runId).pk,
      between,
      consistent: true,
      ...(cursor === undefined ? {} : { cursor }),
    })
    for (const item of page.items) addBatch(journal, item)
    cursor = page.cursor
  } while (cursor !== undefined)
  return journal
}

/** The number of the newest event and whether it is the terminal one, read consistently. */
export async function readLast(table: Table, runId: RunId): Promise<number> {
  const page = await table.query({
    pk: keys.run(runId).pk,
    between: [eventsPrefix, `${eventsPrefix}~`],
    order: "desc",
    limit: 1,
    consistent: true,
  })
  return Number(page.items[0]?.last ?? 0)
}

export function reduceJournal(journal: Journal): Reduction {
  return reduce(journal.parsed)
}

async function firstKeyFor(table: Table, runId: RunId, after: number): Promise<string> {
  if (after === 0) return eventsPrefix
  const page = await table.query({
    pk: keys.run(runId).pk,
    between: [eventsPrefix, eventsKey(after + 1)],
    order: "desc",
    limit: 1,
    consistent: true,
  })
  return page.items[0]?.sk ?? eventsPrefix
}

function addBatch(journal: Journal, item: Item): void {
  const first = Number(item.sk.slice(eventsPrefix.length))
  const events = JSON.parse(item.events as string) as Event[]
  for (const [at, event] of events.entries()) {
    const number = first + at
    if (number <= journal.last) continue
    if (number !== journal.last + 1) throw new Error(`the journal at ${item.pk} has no event ${journal.last + 1}`)
    journal.last = number
    journal.events.push(encodeEvent(event))
    journal.parsed.push(event)
    journal.ended = isTerminal(event)
  }
}
