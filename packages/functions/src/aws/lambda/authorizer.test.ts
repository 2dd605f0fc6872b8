import { describe, expect, it } from "vitest"
import { scene, tokens } from "../../../test/scene.ts"
import { createAuthorizer } from "./authorizer.ts"

const methodArn = "arn:aws:execute-api:eu-central-1:123456789012:abc/live/$connect"
const { ports, log } = scene()
const authorize = createAuthorizer(tokens, ports.log)
const connect = (headers: Record<string, string> | null) => authorize({ type: "REQUEST", methodArn, headers })

describe("the authorizer", () => {
  it.each([
    [{ Authorization: "Bearer alice" }],
    [{ authorization: "bearer  alice" }],
    [{ "Sec-WebSocket-Protocol": "omnichat.v1, bearer.alice" }],
    [{ "sec-websocket-protocol": "bearer.alice,omnichat.v1" }],
    [{ Authorization: "Bearer alice", "Sec-WebSocket-Protocol": "bearer.alice" }],
  ])("lets %j in, and says who it is", async (headers) => {
    expect(await connect(headers)).toEqual({
      principalId: "alice",
      policyDocument: {
        Version: "2012-10-17",
        Statement: [{ Action: "execute-api:Invoke", Effect: "Allow", Resource: methodArn }],
      },
      context: { userId: "alice", role: "user", expiresAt: expect.any(Number) as number },
    })
  })

  it.each([
    [null],
    [{}],
    [{ Authorization: "" }],
    [{ Authorization: "Basic alice" }],
    [{ Authorization: "Bearer a b" }],
    [{ Authorization: "Bearer forged-1" }],
    [{ "Sec-WebSocket-Protocol": "omnichat.v1" }],
    [{ "Sec-WebSocket-Protocol": "bearer." }],
    [{ Authorization: "Bearer alice", "Sec-WebSocket-Protocol": "bearer.bob" }],
  ])("answers %j with 401", async (headers) => {
    await expect(connect(headers)).rejects.toThrow(/^Unauthorized$/)
    expect(log.join()).not.toMatch(/forged-1|alice|bob/)
  })

  it("denies an account that was not let in yet", async () => {
    const { policyDocument, context } = await connect({ Authorization: "Bearer new" })
    expect([policyDocument.Statement[0].Effect, context]).toEqual(["Deny", undefined])
  })

  it("does not judge a token whose issuer is silent", async () => {
    await expect(connect({ Authorization: "Bearer down" })).rejects.toThrow("no keys")
  })
})
