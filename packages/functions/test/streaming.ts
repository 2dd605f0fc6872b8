import type { LambdaStreaming, Prelude } from "../src/aws/lambda/streaming.ts"

/** The global of Lambda's runtime by which an answer streams, and what it was told before the first byte. */
export function testStreaming(): { lambda: LambdaStreaming; preludes: Prelude[] } {
  const preludes: Prelude[] = []
  const lambda: LambdaStreaming = {
    streamifyResponse: (handler) => handler,
    HttpResponseStream: {
      from(stream, prelude) {
        preludes.push(prelude)
        return stream
      },
    },
  }
  return { lambda, preludes }
}
