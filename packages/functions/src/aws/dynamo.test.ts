import { type Server, createServer } from "node:http"
import { once } from "node:events"
import { DynamoDBClient } from "@aws-sdk/client-dynamodb"
import { Conflict, StoreUnavailable, Throttled } from "@omnichat/core/store/table"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { dynamoTable } from "./dynamo.ts"

/**
 * What no engine does on demand: throttling, conflicts, half a batch. A server that speaks DynamoDB's wire answers what
 * each test lays out, to the real SDK. All else is in the contract of the Table port, which real engines run.
 */
type Answer = { status?: number; body: unknown }
type Sent = { action: string; body: Record<string, unknown> }

let answers: ((sent: Sent) => Answer)[] = []
let sent: Sent[] = []
let pauses: number[] = []
let server: Server
let client: DynamoDBClient

beforeEach(async () => {
  answers = []
  sent = []
  pauses = []
  server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on("data", (chunk: Buffer) => chunks.push(chunk))
    request.on("end", () => {
      const action = String(request.headers["x-amz-target"]).replace(/^.*\./, "")
      const got = { action, body: JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown> }
      sent.push(got)
      const next = answers.length > 1 ? answers.shift() : answers[0]
      const { status = 200, body } = next?.(got) ?? { body: {} }
      response.writeHead(status, { "content-type": "application/x-amz-json-1.0" }).end(JSON.stringify(body))
    })
  }).listen(0, "127.0.0.1")
  await once(server, "listening")
  const address = server.address()
  const port = typeof address === "object" ? address?.port : undefined
  client = new DynamoDBClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: "us-east-1",
    credentials: { accessKeyId: "none", secretAccessKey: "none" },
    maxAttempts: 1,
  })
})
afterEach(async () => {
  client.destroy()
  server.close()
  await once(server, "close")
})

const open = () =>
  dynamoTable({
    client,
    tableName: "T",
    now: () => 0,
    pause: (attempt) => {
      pauses.push(attempt)
      return Promise.resolve()
    },
  })
const ok = (): Answer => ({ body: {} })
const refuse =
  (type: string, more: object = {}) =>
  (): Answer => ({
    status: 400,
    body: { __type: `com.amazonaws.dynamodb.v20120810#${type}`, message: "so it is", ...more },
  })
const cancel = (...codes: string[]) =>
  refuse("TransactionCanceledException", { CancellationReasons: codes.map((Code) => ({ Code, Message: "why" })) })

const item = { pk: "P", sk: "A" }
const check = { check: item, if: [{ exists: "pk" }] }

describe("transactions", () => {
  it("in conflict are repeated, with one token, until they succeed", async () => {
    answers = [cancel("TransactionConflict"), refuse("TransactionInProgressException"), ok]
    await open().transact([check])
    expect(pauses).toEqual([0, 1])
    const tokens = sent.map(({ body }) => body.ClientRequestToken)
    expect(tokens).toHaveLength(3)
    expect(tokens[0]).toMatch(/^[0-9a-f-]{36}$/)
    expect(new Set(tokens).size).toBe(1)
  })

  it("of other calls have other tokens", async () => {
    answers = [ok]
    await open().transact([check])
    await open().transact([check])
    expect(sent[0]?.body.ClientRequestToken).not.toBe(sent[1]?.body.ClientRequestToken)
  })

  it("that stay in conflict throw Conflict, and throttled ones Throttled", async () => {
    answers = [cancel("None", "TransactionConflict")]
    await expect(open().transact([check, { put: { pk: "P", sk: "B" } }])).rejects.toBeInstanceOf(Conflict)
    expect(sent).toHaveLength(9)
    answers = [cancel("ThrottlingError")]
    await expect(open().transact([check])).rejects.toBeInstanceOf(Throttled)
    expect(sent).toHaveLength(18)
  })

  it("whose condition failed are not repeated, whatever else is in conflict", async () => {
    answers = [cancel("ConditionalCheckFailed", "TransactionConflict")]
    const write = open().transact([check, { put: { pk: "P", sk: "B" } }])
    await expect(write).rejects.toMatchObject({ reasons: [{ failed: true }, { failed: false }] })
    expect(sent).toHaveLength(1)
  })

  it.each([
    ["Item size to update has exceeded the maximum allowed size", RangeError],
    ["The document path provided in the update expression is invalid for update", TypeError],
  ])("that cannot be done (%s) throw", async (Message, error) => {
    answers = [refuse("TransactionCanceledException", { CancellationReasons: [{ Code: "ValidationError", Message }] })]
    await expect(open().transact([check])).rejects.toThrow(error)
  })
})

describe("single writes", () => {
  it("that meet a transaction are repeated", async () => {
    answers = [refuse("TransactionConflictException"), ok]
    await open().put(item)
    expect(sent).toHaveLength(2)
  })

  it("that are throttled throw Throttled in the end", async () => {
    answers = [refuse("ProvisionedThroughputExceededException")]
    await expect(open().put(item)).rejects.toBeInstanceOf(Throttled)
  })

  it("give what DynamoDB said when it cannot be used", async () => {
    answers = [refuse("ResourceNotFoundException")]
    const write = open().put(item)
    await expect(write).rejects.toBeInstanceOf(StoreUnavailable)
    await expect(write).rejects.toThrow(/ResourceNotFoundException: so it is/)
  })
})

describe("batches", () => {
  const puts = Array.from({ length: 60 }, (_, at) => ({ put: { pk: "P", sk: `N#${at}` } }))
  const requestsIn = ({ body }: Sent) => (body.RequestItems as { T: unknown[] }).T
  const keysIn = ({ body }: Sent) => (body.RequestItems as { T: { Keys: unknown[] } }).T.Keys

  it("are sent in parts of 25 writes, without pauses", async () => {
    answers = [ok]
    await open().batchWrite(puts)
    expect(sent.map((each) => requestsIn(each).length)).toEqual([25, 25, 10])
    expect(pauses).toEqual([])
  })

  it("send again what was left out", async () => {
    const leaving = (some: number) => (each: Sent) => ({
      body: { UnprocessedItems: { T: requestsIn(each).slice(0, some) } },
    })
    answers = [leaving(12), leaving(5), ok]
    await open().batchWrite(puts.slice(0, 25))
    expect(sent.map((each) => requestsIn(each).length)).toEqual([25, 12, 5])
  })

  it("throw Throttled when all is left out again and again, with growing pauses", async () => {
    answers = [(each) => ({ body: { UnprocessedItems: { T: requestsIn(each) } } })]
    await expect(open().batchWrite(puts.slice(0, 3))).rejects.toBeInstanceOf(Throttled)
    expect(pauses).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
  })

  it("read in parts of 100, and again what was left out", async () => {
    const keys = Array.from({ length: 150 }, (_, at) => ({ pk: "P", sk: `N#${at}` }))
    const withoutLast = (each: Sent): Answer => {
      const asked = keysIn(each)
      const UnprocessedKeys = asked.length > 1 ? { T: { Keys: asked.slice(-1) } } : {}
      return { body: { Responses: { T: asked.length > 1 ? asked.slice(0, -1) : asked }, UnprocessedKeys } }
    }
    answers = [withoutLast]
    expect(await open().batchGet(keys)).toHaveLength(150)
    expect(sent.map((each) => keysIn(each).length)).toEqual([100, 51, 1])
  })
})
