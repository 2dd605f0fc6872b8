import { BedrockRuntimeClient, ConverseStreamCommand } from "@aws-sdk/client-bedrock-runtime"
import type { ConverseStream } from "@omnichat/core/provider/bedrock/wire"
import { NodeHttpHandler } from "@smithy/node-http-handler"

/** How long a connection to Bedrock may take. How long a model thinks before its first word is not limited. In milliseconds. */
const connectionTimeout = 3000

/** Bedrock's Converse API by AWS's own client, over HTTP/1.1: one request a connection, which aborting ends. */
export function createConverseStream({ region }: { region: string }): ConverseStream {
  const client = new BedrockRuntimeClient({ region, requestHandler: new NodeHttpHandler({ connectionTimeout }) })
  return async function* (input, signal) {
    const leaving = new AbortController()
    const abortSignal = AbortSignal.any([signal, leaving.signal])
    const { stream } = await client.send(new ConverseStreamCommand(input), { abortSignal })
    if (stream === undefined) throw new Error("Bedrock answered without a stream")
    try {
      yield* stream
    } finally {
      // That nobody reads on does not stop the model by itself.
      leaving.abort()
    }
  }
}
