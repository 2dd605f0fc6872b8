import { BedrockClient } from "@aws-sdk/client-bedrock"
import { BedrockRuntimeClient, ConverseCommand, ConverseStreamCommand } from "@aws-sdk/client-bedrock-runtime"
import type { BedrockOptions } from "@omnichat/core/provider/bedrock/provider"
import type { Converse, ConverseStream } from "@omnichat/core/provider/bedrock/wire"
import { NodeHttpHandler } from "@smithy/node-http-handler"
import { createBedrockLister } from "./bedrock-models.ts"
import type { Offer } from "./bedrock-models.ts"

/** How long a connection to Bedrock may take. How long a model thinks before its first word is not limited. In milliseconds. */
const connectionTimeout = 3000
/** How long a list may take, in milliseconds. */
const requestTimeout = 10_000

/** Where Bedrock is and who asks; what is not said is found as AWS's SDKs find it. */
export type BedrockPlace = {
  region: string
  credentials?: { accessKeyId: string; secretAccessKey: string; sessionToken?: string }
  /** An address to use instead of AWS's own, for all of it. */
  endpoint?: string
}

export type BedrockSettings = BedrockPlace &
  Offer & {
    /** Epoch milliseconds. Default Date.now. */
    now?: () => number
    /** Hears why a list could not be renewed; the last one is kept. */
    onStale?: (error: Error) => void
  }

/**
 * Everything that a Bedrock provider needs, by AWS's own clients: the models that can be chatted with here, asked for at
 * most once an hour, and their answers. Opens no connection yet. Requests are not repeated: give the provider `patience`.
 */
export function createBedrock(
  settings: BedrockSettings,
): Pick<BedrockOptions, "converse" | "converseStream"> & { models: ReturnType<typeof createBedrockLister> } {
  const runtime = openRuntimeClient({ ...settings, maxAttempts: 1 })
  return {
    models: createBedrockModels(settings),
    converse: converseOver(runtime),
    converseStream: converseStreamOver(runtime),
  }
}

/** The list of models alone, for who tells it to others. */
export function createBedrockModels(settings: BedrockSettings): ReturnType<typeof createBedrockLister> {
  const { region, now = Date.now, onStale, allow, acrossTheWorld } = settings
  const client = new BedrockClient({
    ...placeOf(settings),
    requestHandler: new NodeHttpHandler({ connectionTimeout, requestTimeout, throwOnRequestTimeout: true }),
  })
  return createBedrockLister({
    client,
    region,
    now,
    ...(onStale !== undefined && { onStale }),
    ...(allow !== undefined && { allow }),
    ...(acrossTheWorld !== undefined && { acrossTheWorld }),
  })
}

/** Bedrock's Converse API by AWS's own client, over HTTP/1.1: one request a connection, which aborting ends. */
export const createConverseStream = (place: BedrockPlace & { maxAttempts?: number }): ConverseStream =>
  converseStreamOver(openRuntimeClient(place))

/** The answers alone, for who is told the models by others. */
export function createBedrockAnswers(place: BedrockPlace): Pick<BedrockOptions, "converse" | "converseStream"> {
  const client = openRuntimeClient({ ...place, maxAttempts: 1 })
  return { converse: converseOver(client), converseStream: converseStreamOver(client) }
}

function openRuntimeClient({ maxAttempts, ...place }: BedrockPlace & { maxAttempts?: number }): BedrockRuntimeClient {
  return new BedrockRuntimeClient({
    ...placeOf(place),
    requestHandler: new NodeHttpHandler({ connectionTimeout }),
    ...(maxAttempts !== undefined && { maxAttempts }),
  })
}

const placeOf = ({ region, credentials, endpoint }: BedrockPlace) => ({
  region,
  ...(credentials !== undefined && { credentials }),
  ...(endpoint !== undefined && { endpoint }),
})

const converseOver =
  (client: BedrockRuntimeClient): Converse =>
  (input, abortSignal) =>
    client.send(new ConverseCommand(input), { abortSignal })

function converseStreamOver(client: BedrockRuntimeClient): ConverseStream {
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
