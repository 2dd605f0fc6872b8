import { once } from "node:events"
import { Writable } from "node:stream"
import { bytesOf, listen, refuse } from "./listen.ts"
import { chunkEvent, completeEvent, responseEventsType } from "./response-events.ts"

type Handler = (event: unknown, stream: Writable) => Promise<void>

/** What becomes of the next calls. */
export type InvokerFaults = {
  /** Calls that AWS has no room for. */
  throttled: number
  /** Cuts the connection after so many bytes of the answer. */
  cutAfter?: number
  /** So many bytes an event. */
  bytesPerEvent?: number
}

export type StreamInvoker = {
  url: string
  faults: InvokerFaults
  /** The events that functions were called with. */
  called: unknown[]
  /** Resolves when no call is under way. */
  settled(): Promise<void>
  close(): Promise<void>
}

/**
 * Lambda's InvokeWithResponseStream with functions in this process. As there, nobody tells a function that its caller has
 * left: what it writes then is lost.
 */
export async function startStreamInvoker(functions: Record<string, Handler>): Promise<StreamInvoker> {
  const faults: InvokerFaults = { throttled: 0 }
  const called: unknown[] = []
  const running = new Set<Promise<void>>()
  const server = await listen(async (request, response) => {
    const event: unknown = JSON.parse((await bytesOf(request)).toString("utf8"))
    const [, name = ""] =
      /^\/2021-11-15\/functions\/([^/]+)\/response-streaming-invocations$/.exec(request.url ?? "") ?? []
    const handler = functions[decodeURIComponent(name)]
    if (handler === undefined) return refuse(response, 404, "ResourceNotFoundException")
    if (faults.throttled > 0) {
      faults.throttled -= 1
      return refuse(response, 429, "TooManyRequestsException", "Rate Exceeded.")
    }
    called.push(event)
    response.writeHead(200, { "content-type": responseEventsType, "x-amz-executed-version": "$LATEST" })
    response.flushHeaders()
    let sent = 0
    const send = async (bytes: Uint8Array): Promise<void> => {
      if (response.destroyed) return
      if (!response.write(bytes)) await Promise.race([once(response, "drain"), once(response, "close")])
    }
    const write = async (bytes: Buffer): Promise<void> => {
      const size = faults.bytesPerEvent ?? bytes.length
      for (let from = 0; from < bytes.length; from += size) {
        const piece = bytes.subarray(from, from + size)
        sent += piece.length
        await send(chunkEvent(piece))
        if (faults.cutAfter !== undefined && sent >= faults.cutAfter) response.destroy()
      }
    }
    const stream = new Writable({
      write: (bytes: Buffer, _encoding, done) => void write(bytes).then(() => done(), done),
    })
    // What goes wrong with it is what the function throws.
    stream.on("error", () => undefined)
    const run = (async () => {
      try {
        await handler(event, stream)
        await send(completeEvent())
      } catch (thrown) {
        const ErrorDetails = JSON.stringify({ errorMessage: String(thrown) })
        await send(completeEvent({ ErrorCode: "Unhandled", ErrorDetails }))
      }
      response.end()
    })()
    running.add(run)
    await run
    running.delete(run)
  })
  return {
    url: server.url,
    faults,
    called,
    async settled() {
      while (running.size > 0) await Promise.all(running)
    },
    close: server.close,
  }
}
