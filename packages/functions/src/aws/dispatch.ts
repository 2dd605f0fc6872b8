import { InvokeCommand } from "@aws-sdk/client-lambda"
import type { LambdaClient } from "@aws-sdk/client-lambda"
import type { Dispatcher } from "@omnichat/core/run/dispatcher"

export type LambdaOptions = {
  client: Pick<LambdaClient, "send">
  /** The worker's name or ARN. */
  workerFunction: string
}

/** The Dispatcher port by asynchronous invocation: Lambda keeps the work, and brings it to a worker at least once. */
export function lambdaDispatcher({ client, workerFunction: FunctionName }: LambdaOptions): Dispatcher {
  return {
    async dispatch({ runId, turn }) {
      const Payload = new TextEncoder().encode(JSON.stringify({ runId, turn }))
      await client.send(new InvokeCommand({ FunctionName, InvocationType: "Event", Payload }))
    },
  }
}
