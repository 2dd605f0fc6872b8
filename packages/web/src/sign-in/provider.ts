import type { Auth } from "@omnichat/core/protocol/http"
import * as oauth from "oauth4webapi"
import { SignInError } from "./problem.ts"

export type OidcAuth = Extract<Auth, { kind: "oidc" }>

/** Who has signed in. `id` is the provider's, and never another person's. */
export type Person = { id: string; name?: string; email?: string }

/** What must be known of a sign-in when the browser comes back from it. */
export type Attempt = { state: string; nonce: string; verifier: string }

export type Tokens = {
  accessToken: string
  /** Milliseconds. */
  lastsMs: number
  /** Absent: the one before stays good. */
  refreshToken?: string
}

/** An OpenID Connect provider as a public client sees it: code and PKCE. Everything rejects with a SignInError. */
export interface Provider {
  /** Where the browser is to go, and what must be kept until it is back at `redirectUri`. */
  begin(redirectUri: string): Promise<{ url: string; attempt: Attempt }>
  /** `callback` is the address the browser came back to. */
  finish(callback: URL, attempt: Attempt, redirectUri: string): Promise<Tokens & { person: Person }>
  /** Rejects with `ended` when the provider will not have the refresh token. */
  refresh(refreshToken: string): Promise<Tokens>
  /** Ends what the refresh token may do, as far as the provider can. */
  revoke(refreshToken: string): Promise<void>
  /** Where the provider's own session is ended, for a browser that is to come back to `back`; undefined: nowhere. */
  signOutUrl(back: string): Promise<string | undefined>
}

/** How long the provider may take, and how far its clock and ours may be apart. */
const answerWithin = 10_000
const clockTolerance = 5 * 60
/** When the provider does not say how long an access token is good, in seconds. */
const usualLifetime = 300

export function createProvider(auth: OidcAuth): Provider {
  const client: oauth.Client = { client_id: auth.clientId, [oauth.clockTolerance]: clockTolerance }
  const issuer = new URL(auth.issuer)
  const options = () => ({
    signal: AbortSignal.timeout(answerWithin),
    // An issuer on this very machine has no certificate, and nobody in between.
    [oauth.allowInsecureRequests]: isLoopback(issuer),
  })
  let discovered: Promise<oauth.AuthorizationServer> | undefined
  const discover = () => {
    discovered ??= oauth
      .discoveryRequest(issuer, { ...options(), algorithm: "oidc" })
      .then((response) => oauth.processDiscoveryResponse(issuer, response))
    discovered.catch(() => (discovered = undefined)) // the next one asks again
    return discovered
  }
  const within = async <T>(work: (server: oauth.AuthorizationServer) => Promise<T>): Promise<T> => {
    try {
      return await work(await discover())
    } catch (thrown) {
      throw toSignInError(thrown)
    }
  }

  return {
    begin: (redirectUri) =>
      within(async (server) => {
        const attempt = {
          state: oauth.generateRandomState(),
          nonce: oauth.generateRandomNonce(),
          verifier: oauth.generateRandomCodeVerifier(),
        }
        const url = new URL(required(server.authorization_endpoint))
        const fields = {
          response_type: "code",
          client_id: auth.clientId,
          redirect_uri: redirectUri,
          scope: auth.scope,
          state: attempt.state,
          nonce: attempt.nonce,
          code_challenge: await oauth.calculatePKCECodeChallenge(attempt.verifier),
          code_challenge_method: "S256",
        }
        for (const [name, value] of Object.entries(fields)) url.searchParams.set(name, value)
        return { url: url.href, attempt }
      }),
    finish: (callback, attempt, redirectUri) =>
      within(async (server) => {
        const params = oauth.validateAuthResponse(server, client, callback, attempt.state)
        const answer = await oauth.processAuthorizationCodeResponse(
          server,
          client,
          await oauth.authorizationCodeGrantRequest(
            server,
            client,
            oauth.None(),
            params,
            redirectUri,
            attempt.verifier,
            options(),
          ),
          { expectedNonce: attempt.nonce, requireIdToken: true },
        )
        return { ...tokensOf(answer), person: personOf(oauth.getValidatedIdTokenClaims(answer)) }
      }),
    refresh: (refreshToken) =>
      within(async (server) => {
        const response = await oauth.refreshTokenGrantRequest(server, client, oauth.None(), refreshToken, options())
        return tokensOf(await oauth.processRefreshTokenResponse(server, client, response))
      }),
    revoke: (refreshToken) =>
      within(async (server) => {
        if (server.revocation_endpoint === undefined) return
        await oauth.processRevocationResponse(
          await oauth.revocationRequest(server, client, oauth.None(), refreshToken, options()),
        )
      }),
    signOutUrl: (back) =>
      within(async (server) => {
        if (auth.signOutUrl !== undefined) {
          const url = new URL(auth.signOutUrl)
          url.searchParams.set("logout_uri", back)
          return url.href
        }
        if (server.end_session_endpoint === undefined) return undefined
        const url = new URL(server.end_session_endpoint)
        url.searchParams.set("client_id", auth.clientId)
        url.searchParams.set("post_logout_redirect_uri", back)
        return url.href
      }),
  }
}

const isLoopback = ({ hostname }: URL): boolean => ["localhost", "127.0.0.1", "[::1]"].includes(hostname)

function required(endpoint: string | undefined): string {
  if (endpoint !== undefined) return endpoint
  throw new SignInError("refused", "The sign-in service does not say where one signs in.")
}

function tokensOf(answer: oauth.TokenEndpointResponse): Tokens {
  return {
    accessToken: answer.access_token,
    lastsMs: (answer.expires_in ?? usualLifetime) * 1000,
    ...(answer.refresh_token !== undefined && { refreshToken: answer.refresh_token }),
  }
}

function personOf(claims: oauth.IDToken | undefined): Person {
  if (claims === undefined) throw new SignInError("refused", "The sign-in service does not say who signed in.")
  const { sub, name, email } = claims
  return {
    id: sub,
    ...(typeof name === "string" && { name }),
    ...(typeof email === "string" && { email }),
  }
}

/** The codes are those of RFC 6749 and of the library. */
function toSignInError(thrown: unknown): SignInError {
  if (thrown instanceof SignInError) return thrown
  if (thrown instanceof oauth.AuthorizationResponseError) {
    if (thrown.error === "access_denied") return new SignInError("cancelled", "Access was denied.", thrown)
    const isDown = thrown.error === "server_error" || thrown.error === "temporarily_unavailable"
    return new SignInError(isDown ? "unreachable" : "refused", thrown.error, thrown)
  }
  if (thrown instanceof oauth.ResponseBodyError) {
    return new SignInError(thrown.error === "invalid_grant" ? "ended" : "refused", thrown.error, thrown)
  }
  if (thrown instanceof oauth.OperationProcessingError) {
    if (thrown.code === oauth.JWT_TIMESTAMP_CHECK) return new SignInError("clock", thrown.message, thrown)
    const isDown = thrown.cause instanceof Response && thrown.cause.status >= 429
    return new SignInError(isDown ? "unreachable" : "refused", thrown.message, thrown)
  }
  // What fetch and its time limit throw.
  if (thrown instanceof TypeError || thrown instanceof DOMException) {
    return new SignInError("unreachable", `The sign-in service was not reached: ${thrown.message}`, thrown)
  }
  return new SignInError("refused", String(thrown), thrown)
}
