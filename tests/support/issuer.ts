import { createSign, generateKeyPairSync } from "node:crypto"
import type { KeyObject } from "node:crypto"
import { listen } from "./aws/listen.ts"

/** Signs access tokens as a Cognito user pool does, and has its keys where a pool has them. */

export type Claims = Record<string, unknown>

export type Issuer = {
  url: string
  clientId: string
  /** An access token of a user in these groups that is good for an hour, unless `claims` say otherwise. */
  token(userId: string, groups?: string[], claims?: Claims): string
  /** Any header, signed by the pool's key or by `key`. */
  sign(header: Claims, claims: Claims, key?: KeyObject): string
  /** What a good access token says. */
  claims(userId: string, groups?: string[]): Claims
  /** Another key from now on; the one before is no longer told. */
  rotate(): void
  /** Whether the keys can be had. */
  up: boolean
  /** How often the keys were asked for. */
  readonly asked: number
  close(): Promise<void>
}

export async function startIssuer(): Promise<Issuer> {
  let count = 0
  let asked = 0
  const newPair = () => ({ ...generateKeyPairSync("rsa", { modulusLength: 2048 }), kid: `key-${(count += 1)}` })
  let made: ReturnType<typeof newPair> | undefined
  // Where another issuer's tokens are taken nobody asks, and a key takes a while to be found.
  const pair = () => (made ??= newPair())
  const server = await listen((request, response) => {
    if (request.url !== "/pool/.well-known/jwks.json" || !issuer.up) return void response.writeHead(503).end()
    asked += 1
    const jwk = { ...pair().publicKey.export({ format: "jwk" }), kid: pair().kid, alg: "RS256", use: "sig" }
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ keys: [jwk] }))
  })
  const url = `${server.url}/pool`
  const issuer: Issuer = {
    url,
    clientId: "omnichat-web",
    up: true,
    get asked() {
      return asked
    },
    claims(userId, groups) {
      const now = Math.floor(Date.now() / 1000)
      return {
        sub: userId,
        iss: url,
        client_id: issuer.clientId,
        token_use: "access",
        scope: "openid",
        iat: now,
        exp: now + 3600,
        ...(groups !== undefined && { "cognito:groups": groups }),
      }
    },
    token: (userId, groups = ["user"], claims = {}) =>
      issuer.sign({ alg: "RS256", kid: pair().kid }, { ...issuer.claims(userId, groups), ...claims }),
    sign(header, claims, key = pair().privateKey) {
      const input = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".")
      return `${input}.${createSign("RSA-SHA256").update(input).sign(key).toString("base64url")}`
    },
    rotate() {
      made = newPair()
    },
    close: server.close,
  }
  return issuer
}
