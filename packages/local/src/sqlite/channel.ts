import { Worker } from "node:worker_threads"
import { StoreUnavailable } from "@omnichat/core/store/table"
import { fromFailure } from "./failure.ts"
import { type Answer, type Failure, type FromThread, type Request, type ThreadOptions, isFailure } from "./message.ts"

export type Channel = {
  /** The thread's answer; throws the error it stands for. */
  call(request: Request): Promise<Exclude<Answer, Failure>>
  /** Resolves when everything asked before is answered and the file is closed. */
  close(): Promise<void>
}

/**
 * When many calls come at once, a message that waits a few milliseconds for more of them saves both sides from taking
 * turns for each few: at 500 streams a sixth of all processor time. A lone call goes at once.
 */
const gather = { above: 6, ms: 4 }

type Waiting = { resolve(answer: Exclude<Answer, Failure>): void; reject(error: Error): void }

/**
 * Starts SQLite's thread. All calls of one turn of the event loop go to it in one message, and answers come back in the
 * order of the calls.
 */
export async function openChannel(entry: URL, options: ThreadOptions, now: () => number): Promise<Channel> {
  const worker = new Worker(entry, { workerData: options })
  const waiting: Waiting[] = []
  let answered = 0
  let requests: Request[] = []
  let lastCount = 0
  let closed: Error | undefined

  const settle = (answers: Answer[]) => {
    for (const answer of answers) {
      const caller = waiting[answered++]
      if (isFailure(answer)) caller?.reject(fromFailure(answer))
      else caller?.resolve(answer)
    }
    waiting.splice(0, answered)
    answered = 0
  }
  const send = () => {
    if (requests.length === 0) return
    lastCount = requests.length
    const batch = { now: now(), requests }
    requests = []
    worker.postMessage(batch)
  }
  const endWith = (error: Error) => {
    closed ??= error
    for (const caller of waiting.splice(0)) caller.reject(error)
  }
  const gone = new Promise<void>((resolve) => {
    worker.once("exit", () => {
      endWith(new StoreUnavailable(`the thread that keeps ${options.file} has ended; restart OmniChat`))
      resolve()
    })
  })
  worker.on("error", (cause) => {
    endWith(new StoreUnavailable(`the thread that keeps ${options.file} failed: ${String(cause)}`, { cause }))
  })

  await new Promise<void>((resolve, reject) => {
    waiting.push({ resolve: () => resolve(), reject })
    worker.on("message", (message: FromThread) => {
      if (message === "opened") settle([undefined])
      else if ("failedToOpen" in message) settle([message.failedToOpen])
      else settle(message)
    })
  })

  return {
    call(request) {
      if (closed !== undefined) return Promise.reject(closed)
      return new Promise((resolve, reject) => {
        waiting.push({ resolve, reject })
        if (requests.push(request) > 1) return
        if (lastCount > gather.above) setTimeout(send, gather.ms)
        else setImmediate(send)
      })
    },
    async close() {
      closed ??= new StoreUnavailable(`${options.file} is closed`)
      send()
      worker.postMessage("close")
      await gone
    },
  }
}
