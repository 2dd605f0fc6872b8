import { once } from "node:events"
import { createServer } from "node:http"
import type { IncomingMessage } from "node:http"
import type { AddressInfo } from "node:net"
import { LambdaClient } from "@aws-sdk/client-lambda"
import { lambdaDispatcher } from "@omnichat/functions/aws/dispatch"
import { expect, it } from "vitest"
import { testCredentials } from "../support/sigv4.ts"
import { describeDispatcher } from "./dispatcher.ts"

/** Lambda's wire for asynchronous invocations; `statuses` are its answers, the last one for all that follow. */
async function open(...statuses: number[]) {
  const invocations: { path: string; type: string; body: unknown }[] = []
  const server = createServer()
  server.on("request", (request: IncomingMessage, response) => {
    const pieces: Buffer[] = []
    request.on("data", (piece: Buffer) => pieces.push(piece))
    request.on("end", () => {
      const status = (statuses.length > 1 ? statuses.shift() : statuses[0]) ?? 202
      const type = status === 429 ? "TooManyRequestsException" : status === 404 ? "ResourceNotFoundException" : ""
      response.writeHead(status, { "content-type": "application/json", ...(type && { "x-amzn-errortype": type }) })
      response.end(status === 202 ? "" : "{}")
      invocations.push({
        path: request.url ?? "",
        type: String(request.headers["x-amz-invocation-type"]),
        body: JSON.parse(Buffer.concat(pieces).toString("utf8")) as unknown,
      })
      server.emit("invoked")
    })
  })
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  const client = new LambdaClient({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: "eu-central-1",
    credentials: testCredentials,
  })
  return {
    dispatcher: lambdaDispatcher({ client, workerFunction: "the-worker" }),
    invocations,
    delivered: async () => {
      if (invocations.length === 0) await once(server, "invoked")
      return invocations[0]?.body
    },
    finish() {},
    async close() {
      client.destroy()
      const closed = once(server, "close")
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}
const work = { runId: "run_01ARZ3NDEKTSV4RRFFQ69G5FAV", turn: 0 } as const

describeDispatcher("Dispatcher by Lambda", () => open())

it("invokes the worker asynchronously, and again when Lambda has too much to do", async () => {
  const { dispatcher, invocations, close } = await open(429, 202)
  await dispatcher.dispatch(work)
  const invocation = { path: "/2015-03-31/functions/the-worker/invocations", type: "Event", body: work }
  expect(invocations).toEqual([invocation, invocation])
  await close()
})

it("says when there is no such worker", async () => {
  const { dispatcher, close } = await open(404)
  await expect(dispatcher.dispatch(work)).rejects.toMatchObject({ name: "ResourceNotFoundException" })
  await close()
})
