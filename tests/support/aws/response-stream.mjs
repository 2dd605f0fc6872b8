import { request } from "node:http"
import { Writable } from "node:stream"

/**
 * @typedef {object} Target where an answer goes
 * @property {string} url
 * @property {import("node:http").Agent} agent
 */

/** What is sent before the first byte, by stream; `HttpResponseStream.from` says it. @type {WeakMap<Writable, object>} */
const preludes = new WeakMap()

/** The global object `awslambda` of Lambda's Node runtime. */
export const streamingMark = Symbol.for("aws.lambda.runtime.handler.streaming")
export const awslambda = {
  /** @param {object} handler */
  streamifyResponse: (handler) => Object.assign(handler, { [streamingMark]: "response" }),
  HttpResponseStream: {
    /** @param {Writable} stream @param {object} prelude */
    from(stream, prelude) {
      preludes.set(stream, prelude)
      return stream
    },
  },
}

/**
 * The body of a streaming answer. `taken` resolves when the answer is whole and taken, or has broken off.
 *
 * @param {Target} target
 * @returns {{ stream: Writable, taken: Promise<void> }}
 */
export function openResponseStream({ url, agent }) {
  /** @type {import("node:http").ClientRequest | undefined} */
  let sent
  /** @type {() => void} */
  let settle = () => {}
  /** @type {Promise<void>} */
  const taken = new Promise((resolve) => (settle = resolve))

  function open() {
    if (sent !== undefined) return sent
    const prelude = preludes.get(stream)
    const contentType =
      prelude === undefined ? "application/octet-stream" : "application/vnd.awslambda.http-integration-response"
    const headers = { "content-type": contentType, "lambda-runtime-function-response-mode": "streaming" }
    sent = request(url, { method: "POST", agent, headers })
    sent.once("response", (response) => response.resume().once("end", settle))
    sent.once("error", settle)
    if (prelude !== undefined) {
      sent.write(JSON.stringify(prelude))
      sent.write(new Uint8Array(8))
    }
    return sent
  }

  const stream = new Writable({
    /** @param {Buffer} bytes */
    write(bytes, _encoding, done) {
      const opened = open()
      if (bytes.length === 0) done()
      else opened.write(bytes, done)
    },
    final(done) {
      open().end(() => done())
    },
    destroy(error, done) {
      if (!stream.writableFinished) sent?.destroy()
      if (sent === undefined) settle()
      done(error)
    },
  })
  return { stream, taken }
}
