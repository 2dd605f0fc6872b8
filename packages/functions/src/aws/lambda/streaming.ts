import { Readable } from "node:stream"
import type { Writable } from "node:stream"
import { finished, pipeline } from "node:stream/promises"
import type { ReadableStream } from "node:stream/web"

/** The response of a streaming function, as Lambda's runtime gives it. */
export type ResponseStream = Writable

/** What the client gets before the body. */
export type Prelude = { statusCode: number; headers: Record<string, string>; cookies: string[] }

type StreamHandler<Context> = (event: unknown, stream: ResponseStream, context: Context) => Promise<void>

/** The global object `awslambda` of Lambda's Node runtime (https://docs.aws.amazon.com/lambda/latest/dg/config-rs-write-functions.html). */
export type LambdaStreaming = {
  streamifyResponse<Context>(handler: StreamHandler<Context>): unknown
  HttpResponseStream: { from(stream: ResponseStream, prelude: Prelude): ResponseStream }
}

/** @throws TypeError outside of Lambda */
export function lambdaStreaming(): LambdaStreaming {
  const { awslambda } = globalThis as { awslambda?: LambdaStreaming }
  if (awslambda === undefined) throw new TypeError("This needs Lambda's Node runtime: there is no `awslambda`.")
  return awslambda
}

/**
 * Sends the response, as fast as it is taken; what is left unread when the client leaves is cancelled.
 *
 * @throws Error when the response breaks off, or the client leaves
 */
export async function sendResponse(
  lambda: LambdaStreaming,
  stream: ResponseStream,
  { status, headers, body }: Response,
): Promise<void> {
  const cookies = headers.getSetCookie()
  const plain = Object.fromEntries([...headers].filter(([name]) => name !== "set-cookie"))
  const sink = lambda.HttpResponseStream.from(stream, { statusCode: status, headers: plain, cookies })
  // Lambda sends status and headers with the first write, and there must be one.
  sink.write("")
  if (body !== null) return pipeline(Readable.fromWeb(body as ReadableStream), sink)
  sink.end()
  await finished(sink)
}
