import type { Actor } from "@omnichat/core/access/actor"
import type { Tokens } from "@omnichat/core/access/tokens"
import { OmniError } from "@omnichat/core/protocol/error"
import {
  JwtExpiredError,
  JwtInvalidSignatureError,
  JwtNotBeforeError,
  JwtParseError,
  KidNotFoundInJwksError,
  WaitPeriodNotYetEndedJwkError,
} from "aws-jwt-verify/error"
import type { Fetcher } from "aws-jwt-verify/https"
import { SimpleFetcher } from "aws-jwt-verify/https"
import { SimpleJwksCache } from "aws-jwt-verify/jwk"
import { decomposeUnverifiedJwt } from "aws-jwt-verify/jwt"
import { JwtVerifier, supportedSignatureAlgorithms } from "aws-jwt-verify/jwt-verifier"
import * as v from "valibot"
import type { TokenEnvironment } from "./environment.ts"

/** What Cognito says in an access token, as far as we use it
 * (https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html). */
const claims = v.object({
  sub: v.pipe(v.string(), v.nonEmpty()),
  exp: v.number(),
  token_use: v.optional(v.unknown()),
  client_id: v.optional(v.unknown()),
  "cognito:groups": v.fallback(v.array(v.string()), []),
})

/**
 * The Tokens port over the keys of one OpenID Connect issuer, a Cognito user pool: its access tokens for our client. The
 * keys are asked for once, and again for a key that is not among them.
 */
export function issuerTokens({ issuer, clientId, jwksUrl }: TokenEnvironment): Tokens {
  const keys = knownKeys(jwksUrl === undefined ? new SimpleFetcher() : { fetch: fetchAnywhere })
  const jwksUri = jwksUrl ?? `${issuer}/.well-known/jwks.json`
  const verifier = JwtVerifier.create({ issuer, jwksUri, audience: null }, { jwksCache: keys.cache })

  return {
    async verify(token) {
      if (token.startsWith("omk_")) throw refusal("API keys are not taken yet; sign in, and send an access token")
      let verified: unknown
      try {
        refuseUnlike(token, issuer)
        verified = await verifier.verify(token)
      } catch (thrown) {
        throw toRefusal(thrown, keys.known())
      }
      const parsed = v.safeParse(claims, verified)
      if (!parsed.success) throw refusal("the token does not say whose it is, or when it ends")
      const { sub, exp, token_use, client_id, "cognito:groups": groups } = parsed.output
      if (token_use !== "access") throw refusal("the token is no access token, but one for another use")
      if (client_id !== clientId) throw refusal("the token was made for another client of the same issuer")
      return { userId: sub, role: roleOf(groups), expiresAt: exp * 1000 }
    },
  }
}

/** The highest role that a group gives; an account that nobody has put into a group yet waits. */
function roleOf(groups: readonly string[]): Actor["role"] {
  if (groups.includes("admin")) return "admin"
  return groups.includes("user") ? "user" : "pending"
}

/** Says what a look at the token shows already, and what the search for its key would only call unknown. */
function refuseUnlike(token: string, issuer: string): void {
  const { header, payload } = decomposeUnverifiedJwt(token)
  if (!supportedSignatureAlgorithms.some((name) => name === header.alg)) {
    throw refusal("the token is not signed in a way that is taken here (its alg is none, or no public-key algorithm)")
  }
  if (payload.iss !== issuer) throw refusal("the token is of another issuer (another user pool)")
}

function toRefusal(thrown: unknown, keysAreKnown: boolean): OmniError {
  if (thrown instanceof OmniError) return thrown
  if (thrown instanceof JwtParseError) return refusal("the token is malformed: it is no JWT", thrown)
  if (thrown instanceof JwtExpiredError) return refusal("the token has expired", thrown)
  if (thrown instanceof JwtNotBeforeError) return refusal("the token is not valid yet", thrown)
  const isForged = thrown instanceof JwtInvalidSignatureError || thrown instanceof KidNotFoundInJwksError
  if (isForged || (thrown instanceof WaitPeriodNotYetEndedJwkError && keysAreKnown)) {
    return refusal("the token is forged: it is not signed by a key of its issuer", thrown)
  }
  if (!keysAreKnown) {
    return new OmniError("internal", "The issuer of tokens cannot be asked for its keys. Try again in a moment.", {
      cause: thrown,
    })
  }
  return refusal("the token cannot be verified", thrown)
}

const refusal = (why: string, cause?: unknown): OmniError =>
  new OmniError("unauthenticated", `Not signed in: ${why}. Sign in again.`, cause === undefined ? {} : { cause })

/** A cache of keys that can tell whether it ever got some. */
function knownKeys(fetcher: Fetcher): { cache: SimpleJwksCache; known(): boolean } {
  let known = false
  const noting: Fetcher = {
    async fetch(...asked) {
      const bytes = await fetcher.fetch(...asked)
      known = true
      return bytes
    },
  }
  return { cache: new SimpleJwksCache({ fetcher: noting }), known: () => known }
}

/** For tests, where keys are on this machine without TLS. */
async function fetchAnywhere(address: string): Promise<ArrayBuffer> {
  const response = await fetch(address, { signal: AbortSignal.timeout(3000) })
  if (!response.ok) throw new Error(`the keys at ${address} were answered with ${response.status}`)
  return response.arrayBuffer()
}
