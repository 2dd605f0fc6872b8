import type { IncomingMessage } from "node:http"

/** Chunks that nobody has taken yet before the server is made to wait. */
const mostWaiting = 64

/** How long a response that nobody reads to its end may go on before its socket is destroyed, in milliseconds. */
const lingerMs = 250

const ended: IteratorResult<Uint8Array, undefined> = { done: true, value: undefined }

/**
 * The chunks of a response's body as they come. A reader that leaves early ends the response: at once if it is complete
 * already, else after a moment (an answer is often complete just before its response is, and then the connection can be
 * kept). Node's own iterator over a response costs about a tenth more for each chunk.
 */
export function chunksOf(response: IncomingMessage): AsyncIterator<Uint8Array, undefined> {
  const waiting: Uint8Array[] = []
  let reader: { resolve(result: IteratorResult<Uint8Array, undefined>): void; reject(error: Error): void } | undefined
  let over = response.readableEnded
  let fault: Error | undefined = response.errored ?? undefined

  response.on("data", (chunk: Uint8Array) => {
    if (reader === undefined) {
      if (waiting.push(chunk) >= mostWaiting) response.pause()
      return
    }
    reader.resolve({ done: false, value: chunk })
    reader = undefined
  })
  response.once("end", () => {
    over = true
    reader?.resolve(ended)
  })
  response.once("error", (error) => {
    fault = error
    reader?.reject(error)
  })

  return {
    next() {
      const chunk = waiting.shift()
      if (chunk !== undefined) {
        if (waiting.length === 0 && response.isPaused()) response.resume()
        return Promise.resolve({ done: false, value: chunk })
      }
      if (fault !== undefined) return Promise.reject(fault)
      if (over) return Promise.resolve(ended)
      return new Promise((resolve, reject) => (reader = { resolve, reject }))
    },
    return() {
      leave(response)
      return Promise.resolve(ended)
    },
  }
}

function leave(response: IncomingMessage): void {
  response.removeAllListeners("data")
  response.resume()
  if (response.complete || response.destroyed) return
  const timer = setTimeout(() => response.destroy(), lingerMs)
  timer.unref()
  response.once("close", () => clearTimeout(timer))
}
