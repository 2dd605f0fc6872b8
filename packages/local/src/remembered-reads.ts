import { isExpired } from "@omnichat/core/store/evaluate"
import type { Condition, Item, Key, Operation, Table } from "@omnichat/core/store/table"

/** How many items are remembered; the oldest goes first. */
const most = 4000
/** An item that was written is remembered up to this size, as JSON. */
const mostCharacters = 16_000

/**
 * A Table that answers `get` from memory while nothing has been written to the item since it was last read or written,
 * so that a worker that looks at its run's flags after every batch costs no trip to another thread. It keeps every
 * promise of the table, consistent reads included, but only where all writes go through it: one process, one data
 * folder. Items given from memory are frozen.
 */
export function rememberReads(table: Table, now: () => number): Table {
  const remembered = new Map<string, Item>()
  /** Writes under way, by item; such an item is read from the table. */
  const writing = new Map<string, number>()
  /** The write under way that alone decides what an item is, by item. */
  const newest = new Map<string, symbol | undefined>()
  /** Reads under way whose answer may still be remembered. */
  const reading = new Map<string, symbol>()

  async function get(key: Key, options?: { consistent?: boolean }): Promise<Item | undefined> {
    const name = nameOf(key)
    const known = remembered.get(name)
    if (known) {
      if (isReadOnce(key)) remembered.delete(name)
      return isExpired(known, now()) ? undefined : known
    }
    const ticket = Symbol(name)
    if (isWorthIt(key) && !isReadOnce(key) && !writing.has(name)) reading.set(name, ticket)
    try {
      const item = await table.get(key, options)
      if (item && reading.get(name) === ticket) remember(name, item)
      return item
    } finally {
      if (reading.get(name) === ticket) reading.delete(name)
    }
  }

  function remember(name: string, item: Item): void {
    remembered.set(name, freeze(item))
    const [oldest] = remembered.keys()
    if (remembered.size > most && oldest !== undefined) remembered.delete(oldest)
  }

  function rememberCopy(item: Item): void {
    const text = JSON.stringify(item)
    if (text.length <= mostCharacters) remember(nameOf(item), JSON.parse(text) as Item)
  }

  /** `written` tells the items as they are afterwards, where that is known. */
  async function write<T>(keys: Key[], work: () => Promise<T>, written?: (result: T) => Item[]): Promise<T> {
    const names = keys.map(nameOf)
    const ticket = Symbol("write")
    for (const name of names) {
      remembered.delete(name)
      reading.delete(name)
      // Of two writes that overlap nobody here knows which came last.
      newest.set(name, writing.has(name) ? undefined : ticket)
      writing.set(name, (writing.get(name) ?? 0) + 1)
    }
    try {
      const result = await work()
      for (const item of written?.(result) ?? []) {
        if (isWorthIt(item) && newest.get(nameOf(item)) === ticket) rememberCopy(item)
      }
      return result
    } finally {
      for (const name of names) {
        const left = (writing.get(name) ?? 1) - 1
        if (left > 0) writing.set(name, left)
        else {
          writing.delete(name)
          newest.delete(name)
        }
      }
    }
  }

  type If = { if?: Condition[] }
  return {
    get,
    put: (item, options?: If) =>
      write(
        [item],
        () => table.put(item, options),
        () => [item],
      ),
    update: (key, change, options?: If) =>
      write(
        [key],
        () => table.update(key, change, options),
        (item) => [item],
      ),
    delete: (key, options?: If) => write([key], () => table.delete(key, options)),
    query: (query) => table.query(query),
    batchGet: (keys, options) => table.batchGet(keys, options),
    batchWrite: (writes) =>
      write(
        writes.map((one) => ("put" in one ? one.put : one.delete)),
        () => table.batchWrite(writes),
      ),
    transact: (operations) =>
      write(
        operations.filter(changes).map(keyOf),
        () => table.transact(operations),
        () => operations.flatMap((operation) => ("put" in operation ? [operation.put] : [])),
      ),
  }
}

/** Small items that are read again and again: the state of a run, a chat's META and its list entry. */
const isWorthIt = (key: Key): boolean =>
  key.sk === "STATE" || key.sk === "META" || key.sk.startsWith("CHAT#") || isReadOnce(key)

/** What a run was asked: its worker reads it right after the start has written it, and nobody after that. */
const isReadOnce = ({ sk }: Key): boolean => sk === "REQUEST"

const nameOf = ({ pk, sk }: Key): string => `${pk}\n${sk}`
const changes = (operation: Operation): boolean => !("check" in operation)

function keyOf(operation: Operation): Key {
  if ("put" in operation) return operation.put
  if ("update" in operation) return operation.update
  return "delete" in operation ? operation.delete : operation.check
}

function freeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    Object.values(value).forEach(freeze)
  }
  return value
}
