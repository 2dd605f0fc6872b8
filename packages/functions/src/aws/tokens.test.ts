import { createHmac, generateKeyPairSync } from "node:crypto"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { startIssuer } from "../../../../tests/support/issuer.ts"
import type { Issuer } from "../../../../tests/support/issuer.ts"
import { issuerTokens } from "./tokens.ts"

let issuer: Issuer
beforeEach(async () => {
  issuer = await startIssuer()
})
afterEach(() => issuer.close())

const open = () =>
  issuerTokens({
    issuer: issuer.url,
    clientId: issuer.clientId,
    jwksUrl: `${issuer.url}/.well-known/jwks.json`,
  })
const hour = 3600
const now = () => Math.floor(Date.now() / 1000)

describe("a token", () => {
  it("says who acts, and until when", async () => {
    const exp = now() + 100
    const actor = await open().verify(issuer.token("alice", ["user"], { exp }))
    expect(actor).toEqual({ userId: "alice", role: "user", expiresAt: exp * 1000 })
  })

  it.each([
    [["admin"], "admin"],
    [["user", "admin", "other"], "admin"],
    [["user"], "user"],
    [["other"], "pending"],
    [["Admin"], "pending"],
    [[], "pending"],
    [undefined, "pending"],
    ["admin", "pending"],
  ])("of the groups %j has the role %s", async (groups, role) => {
    const token = issuer.token("alice", [], { "cognito:groups": groups })
    expect((await open().verify(token)).role).toBe(role)
  })

  const others: [what: string, make: () => string, message: RegExp][] = [
    ["expired", () => issuer.token("a", [], { exp: now() - 1 }), /expired/],
    ["not valid yet", () => issuer.token("a", [], { nbf: now() + hour }), /not valid yet/],
    ["of another issuer", () => issuer.token("a", [], { iss: `${issuer.url}x` }), /another issuer/],
    ["for another client", () => issuer.token("a", [], { client_id: "other" }), /another client/],
    ["for no client", () => issuer.token("a", [], { client_id: undefined }), /another client/],
    ["an id token", () => issuer.token("a", [], { token_use: "id", aud: issuer.clientId }), /no access token/],
    ["for no use", () => issuer.token("a", [], { token_use: undefined }), /no access token/],
    ["without an end", () => issuer.token("a", [], { exp: undefined }), /when it ends/],
    ["of nobody", () => issuer.token("", []), /whose it is/],
    ["malformed", () => "hello", /malformed/],
    ["malformed in its middle", () => "a.b.c", /malformed/],
    ["empty", () => "", /malformed/],
    ["an API key", () => "omk_0123456789", /API keys are not taken/],
    [
      "forged",
      () => {
        const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 })
        return issuer.sign({ alg: "RS256", kid: "key-1" }, issuer.claims("a"), privateKey)
      },
      /forged/,
    ],
    ["of an unknown key", () => issuer.sign({ alg: "RS256", kid: "key-9" }, issuer.claims("a")), /forged/],
    [
      "altered",
      () => {
        const [header, , signature] = issuer.token("alice").split(".")
        const claims = Buffer.from(JSON.stringify(issuer.claims("bob", ["admin"]))).toString("base64url")
        return [header, claims, signature].join(".")
      },
      /forged/,
    ],
    [
      "of alg none",
      () => {
        const [, claims] = issuer.token("alice").split(".")
        const header = Buffer.from('{"alg":"none","kid":"key-1"}').toString("base64url")
        return `${header}.${claims}.AA`
      },
      /not signed in a way/,
    ],
    [
      "signed with the public key as a secret",
      () => {
        const [, claims] = issuer.token("alice").split(".")
        const input = `${Buffer.from('{"alg":"HS256","kid":"key-1"}').toString("base64url")}.${claims}`
        return `${input}.${createHmac("sha256", "the public key").update(input).digest("base64url")}`
      },
      /not signed in a way/,
    ],
    ["without a key id", () => issuer.sign({ alg: "RS256" }, issuer.claims("a")), /cannot be verified/],
  ]
  it.each(others)("that is %s is refused, saying so", async (_, make, message) => {
    const tokens = open()
    await tokens.verify(issuer.token("somebody"))
    const token = make()
    const error = await tokens.verify(token).then(
      () => expect.unreachable("it was taken"),
      (thrown: unknown) => thrown as Error,
    )
    expect(error).toMatchObject({ code: "unauthenticated", message: expect.stringMatching(message) as string })
    for (const part of token.split(".")) if (part.length > 8) expect(error.message).not.toContain(part)
  })
})

describe("the keys", () => {
  it("are asked for once, and again for a key that is new", async () => {
    const tokens = open()
    await Promise.all([1, 2, 3].map(() => tokens.verify(issuer.token("alice"))))
    await tokens.verify(issuer.token("bob"))
    expect(issuer.asked).toBe(1)
    issuer.rotate()
    await tokens.verify(issuer.token("alice"))
    expect(issuer.asked).toBe(2)
  })

  it("are not asked for again and again by those who forge", async () => {
    const tokens = open()
    const forged = () => tokens.verify(issuer.sign({ alg: "RS256", kid: "key-9" }, issuer.claims("a")))
    for (let count = 0; count < 5; count += 1) await expect(forged()).rejects.toThrow(/forged/)
    expect(issuer.asked).toBe(1)
    await tokens.verify(issuer.token("alice"))
  })

  it("that cannot be had are no reason to sign anybody out", async () => {
    issuer.up = false
    const tokens = open()
    const token = issuer.token("alice")
    await expect(tokens.verify(token)).rejects.toMatchObject({ code: "internal", retryable: true })
    issuer.up = true
    expect((await tokens.verify(token)).userId).toBe("alice")
  })
})
