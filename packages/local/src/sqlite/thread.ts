import { parentPort, receiveMessageOnPort, workerData } from "node:worker_threads"
import { type OpenDatabase, openDatabase } from "./database.ts"
import { toFailure } from "./failure.ts"
import { openGroups } from "./group.ts"
import type { Batch, FromThread, ThreadOptions, ToThread } from "./message.ts"
import { purge } from "./purge.ts"
import { openRows } from "./rows.ts"
import { openSearch } from "./search.ts"
import { openStaleIndex } from "./stale-index.ts"

/** SQLite's thread: an entry of its own in the build, started by `openSqliteTable`. */

if (parentPort === null) throw new Error("this is the entry of a worker thread")
const port = parentPort
const options = workerData as ThreadOptions
const say = (message: FromThread) => port.postMessage(message)

try {
  serve(openDatabase(options.file))
  say("opened")
} catch (error) {
  say({ failedToOpen: toFailure(options.file, error) })
}

function serve({ database, close }: OpenDatabase): void {
  const { file, pageSize, indexDelayMs } = options
  const search = openSearch(database, pageSize)
  const stale = indexDelayMs > 0 ? openStaleIndex(file, pageSize, indexDelayMs) : undefined
  const store = { rows: openRows(database), search, searchIndex: stale?.search ?? search }
  const answer = openGroups(database, store, file)
  let now = 0
  let isBusy = false

  port.on("message", (first: ToThread) => {
    isBusy = true
    const batches: Batch[] = []
    // Whatever came while the last group was being written joins this one.
    let message: ToThread | undefined = first
    while (message !== undefined && message !== "close") {
      batches.push(message)
      message = receiveMessageOnPort(port)?.message as ToThread | undefined
    }
    now = batches.at(-1)?.now ?? now
    if (batches.length > 0) say(answer(batches))
    if (message === "close") end()
  })

  const timer = setInterval(() => {
    if (!isBusy) purgeMore()
    isBusy = false
  }, options.purgeEveryMs)

  const purgeMore = () => {
    try {
      if (purge(database, now) && !isBusy) setImmediate(purgeMore)
    } catch {
      // Nothing waits for it: what fails here, a full disk say, fails the next write too, and that one tells.
    }
  }

  const end = () => {
    clearInterval(timer)
    stale?.close()
    close()
    port.close()
  }
}
