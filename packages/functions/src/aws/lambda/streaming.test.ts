import { PassThrough } from "node:stream"
import { afterEach, expect, it, vi } from "vitest"
import { testStreaming } from "../../../test/streaming.ts"
import { lambdaStreaming, sendResponse } from "./streaming.ts"

afterEach(() => {
  vi.unstubAllGlobals()
})

const { lambda, preludes } = testStreaming()

/** A body that goes on until it is cancelled. */
function endless() {
  let cancel: (reason: unknown) => void = () => {}
  const cancelled = new Promise((resolve) => (cancel = resolve))
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new Uint8Array(1000)),
    cancel: (reason) => cancel(reason),
  })
  return { body, cancelled }
}

it("tells the status, the headers and each cookie", async () => {
  const headers = new Headers({ "content-type": "text/plain" })
  headers.append("set-cookie", "a=1, b")
  headers.append("set-cookie", "c=2")
  const stream = new PassThrough()
  stream.resume()
  await sendResponse(lambda, stream, new Response("x", { status: 201, headers }))
  expect(preludes).toEqual([{ statusCode: 201, headers: { "content-type": "text/plain" }, cookies: ["a=1, b", "c=2"] }])
})

it("writes also where there is no body, for Lambda tells nothing before", async () => {
  const written: string[] = []
  const stream = new PassThrough()
  const write = stream.write.bind(stream)
  stream.write = (chunk: unknown) => {
    written.push(String(chunk))
    return write(chunk)
  }
  stream.resume()
  await sendResponse(lambda, stream, new Response(null, { status: 204 }))
  expect(written).toEqual([""])
})

it("reads no faster than is taken, and no more when nobody takes it", async () => {
  const { body, cancelled } = endless()
  const stream = new PassThrough()
  const sent = sendResponse(lambda, stream, new Response(body))
  while (!stream.writableNeedDrain) await new Promise(setImmediate)
  expect(stream.readableLength + stream.writableLength).toBeLessThan(200_000)
  stream.destroy()
  await expect(sent).rejects.toMatchObject({ code: "ERR_STREAM_PREMATURE_CLOSE" })
  await cancelled
})

it("is of use in Lambda only", () => {
  vi.stubGlobal("awslambda", undefined)
  expect(lambdaStreaming).toThrow("needs Lambda's Node runtime")
})
