// Loads a bundle as Lambda does, and says what came of it.
const streaming = {
  /** @param {unknown} handler */
  streamifyResponse: (handler) => handler,
  HttpResponseStream: {
    /** @param {unknown} stream */
    from: (stream) => stream,
  },
}
Object.assign(globalThis, { awslambda: streaming })
const start = performance.now()
try {
  const { handler } = await import(process.argv[2] ?? "")
  const ms = Math.round((performance.now() - start) * 10) / 10
  console.log(JSON.stringify({ handler: typeof handler, ms, node: process.version }))
} catch (thrown) {
  console.log(JSON.stringify({ error: String(thrown) }))
}
