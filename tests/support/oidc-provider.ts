import { generateKeyPairSync } from "node:crypto"
import { once } from "node:events"
import { createServer } from "node:http"
import type { IncomingMessage, Server, ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import type { Configuration } from "oidc-provider"

/**
 * An OpenID Connect provider that people can sign in at, standing where Cognito would: code and PKCE for a public client,
 * refresh tokens that are good once, and the access tokens of tests/support/issuer.ts. Whoever gives an e-mail address is
 * signed in.
 */
export type SignInProvider = {
  /** The issuer, without a slash at the end. */
  url: string
  clientId: string
  /** The origin of the page that signs in. It comes back to that of the first request. */
  site: string
  /** Where its keys are. */
  jwksUrl: string
  /** The groups of the people who sign in, by their e-mail address; `user` for all others. */
  groups: Map<string, string[]>
  /** How long the access tokens that are made from now on are good, in seconds. */
  accessTokenSeconds: number
  /**
   * For how long a refresh token that was used is taken once more, in seconds: Cognito's grace for a page that was closed
   * before the answer came. Default 0: one that comes again ends the session.
   */
  graceSeconds: number
  /** The requests that came: method and path. */
  requests: string[]
  /** Every refresh token that was given is good no more. */
  forget(): void
  /** Nobody listens at its address any more. */
  down(): Promise<void>
  up(): Promise<void>
  close(): Promise<void>
}

/** The number by which the tokens know a person. */
export const subjectOf = (email: string): string => `sub-${email}`
const emailOf = (subject: string): string => subject.replace(/^sub-/, "")

const audience = "urn:omnichat"

/** One for all providers of a test file: it takes a while to be found. */
let found: ReturnType<typeof newKeyPair> | undefined
const keyPair = () => (found ??= newKeyPair())
const newKeyPair = () => generateKeyPairSync("rsa", { modulusLength: 2048 })

/** `site` may be told later by whoever has no address yet. */
export async function startSignInProvider(site = ""): Promise<SignInProvider> {
  const { Provider, interactionPolicy } = await loadLibrary()
  const policy = interactionPolicy.base()
  // That the client is one for this machine is for the test's sake, and no reason to ask.
  policy.get("consent")?.checks.remove("native_client_prompt")
  const server = createServer()
  const port = await listen(server, 0)
  const url = `http://127.0.0.1:${port}`
  const storage = new Map<string, { payload: Record<string, unknown>; expiresAt: number }>()
  const start = () => {
    const provider = new Provider(url, {
      ...configuration(settings),
      adapter: memoryAdapter(storage, () => settings.graceSeconds),
      jwks: { keys: [{ ...keyPair().privateKey.export({ format: "jwk" }), kid: "key-1", alg: "RS256", use: "sig" }] },
      interactions: { policy, url: (_context, { uid }) => `/interaction/${uid}` },
      cookies: { keys: ["only a test"] },
      loadExistingGrant: async ({ oidc }) => {
        // What one has signed in for is granted: there is one client, and it is our own.
        const grant = new provider.Grant({ clientId: settings.clientId, accountId: oidc.session?.accountId ?? "" })
        grant.addOIDCScope("openid email profile")
        grant.addResourceScope(audience, "openid email profile")
        await grant.save()
        return grant
      },
    })
    return { provider, callback: provider.callback() }
  }
  let started: ReturnType<typeof start> | undefined
  const settings: SignInProvider = {
    url,
    clientId: "omnichat-web",
    site,
    jwksUrl: `${url}/jwks`,
    groups: new Map(),
    accessTokenSeconds: 3600,
    graceSeconds: 0,
    requests: [],
    forget() {
      for (const key of storage.keys()) if (key.startsWith("RefreshToken:")) storage.delete(key)
    },
    async down() {
      const closed = once(server, "close")
      server.close()
      server.closeAllConnections()
      await closed
    },
    async up() {
      await listen(server, port)
    },
    async close() {
      if (server.listening) await settings.down()
    },
  }
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { provider, callback } = (started ??= start())
    const path = (request.url ?? "").split("?")[0] ?? ""
    settings.requests.push(`${request.method} ${path}`)
    if (!path.startsWith("/interaction/")) return callback(request, response)
    if (request.method !== "POST") return sendPage(response, loginForm)
    const fields = new URLSearchParams(await text(request))
    const email = fields.get("email") ?? ""
    const result =
      fields.get("choice") === "cancel"
        ? { error: "access_denied", error_description: "The person said no." }
        : { login: { accountId: subjectOf(email) } }
    await provider.interactionFinished(request, response, result)
  }
  server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    answer(request, response).catch((thrown: unknown) => {
      if (!response.headersSent) response.writeHead(500)
      response.end(String(thrown))
    })
  })
  return settings
}

function configuration(settings: SignInProvider): Configuration {
  return {
    clients: [
      {
        client_id: "omnichat-web",
        token_endpoint_auth_method: "none",
        application_type: "native", // whose addresses may be on this machine, without TLS
        grant_types: ["authorization_code", "refresh_token"],
        response_types: ["code"],
        redirect_uris: [`${settings.site}/signed-in`],
        post_logout_redirect_uris: [`${settings.site}/`],
      },
    ],
    responseTypes: ["code"],
    scopes: ["openid", "email", "profile"],
    claims: { openid: ["sub"], email: ["email"], profile: ["name"] },
    conformIdTokenClaims: false,
    pkce: { required: () => true },
    clientBasedCORS: (_context, origin) => origin === settings.site,
    findAccount: (_context, accountId) => ({
      accountId,
      claims: () => ({ sub: accountId, email: emailOf(accountId) }),
    }),
    ttl: {
      AccessToken: () => settings.accessTokenSeconds,
      Interaction: 600,
      Grant: 86_400,
      Session: 86_400,
      RefreshToken: 86_400,
      IdToken: 3600,
    },
    issueRefreshToken: () => true,
    rotateRefreshToken: true,
    // What Cognito says in an access token; `client_id` and `scope` are there by themselves.
    extraTokenClaims: (_context, token) => ({
      token_use: "access",
      "cognito:groups": ("accountId" in token && settings.groups.get(emailOf(token.accountId ?? ""))) || ["user"],
    }),
    features: {
      devInteractions: { enabled: false },
      revocation: { enabled: true, allowedPolicy: () => true },
      rpInitiatedLogout: {
        enabled: true,
        // Cognito asks nothing either.
        logoutSource: (context, form) => {
          context.body = `${form}<script>
            const form = document.forms[0]
            form.append(Object.assign(document.createElement("input"), { name: "logout", value: "yes" }))
            form.submit()
          </script>`
        },
      },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => audience,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope: "openid email profile",
          audience,
          accessTokenFormat: "jwt",
          accessTokenTTL: settings.accessTokenSeconds,
          jwt: { sign: { alg: "RS256" } },
        }),
      },
    },
  }
}

/** The storage of its own that the provider brings can forget nothing when a test says so. */
function memoryAdapter(
  storage: Map<string, { payload: Record<string, unknown>; expiresAt: number }>,
  graceSeconds: () => number,
) {
  return (name: string) => {
    const keyOf = (id: string) => `${name}:${id}`
    const find = async (matches: (payload: Record<string, unknown>) => boolean) =>
      [...storage].find(([key, { payload }]) => key.startsWith(`${name}:`) && matches(payload))?.[1].payload
    const live = (id: string) => {
      const found = storage.get(keyOf(id))
      return found && found.expiresAt > Date.now() ? found.payload : undefined
    }
    return {
      upsert: async (id: string, payload: Record<string, unknown>, expiresIn: number) =>
        void storage.set(keyOf(id), { payload, expiresAt: Date.now() + expiresIn * 1000 }),
      find: async (id: string) => {
        const { consumed, ...payload } = live(id) ?? {}
        const isOver = typeof consumed === "number" && Date.now() / 1000 - consumed >= graceSeconds()
        return isOver ? { ...payload, consumed } : live(id) && payload
      },
      findByUid: (uid: string) => find((payload) => payload["uid"] === uid),
      findByUserCode: (userCode: string) => find((payload) => payload["userCode"] === userCode),
      consume: async (id: string) => void Object.assign(live(id) ?? {}, { consumed: Math.floor(Date.now() / 1000) }),
      destroy: async (id: string) => void storage.delete(keyOf(id)),
      revokeByGrantId: async (grantId: string) => {
        for (const [key, { payload }] of storage) if (payload["grantId"] === grantId) storage.delete(key)
      },
    }
  }
}

/** The provider says on the console that this Node is older than it likes; it works on it, as these tests show. */
async function loadLibrary() {
  const { warn } = console
  console.warn = () => {}
  try {
    return await import("oidc-provider")
  } finally {
    console.warn = warn
  }
}

const loginForm = `<!doctype html>
<html lang="en">
  <meta charset="utf-8" />
  <title>Sign in</title>
  <link rel="icon" href="data:," />
  <main>
    <h1>The provider's own page</h1>
    <form method="post">
      <label>E-mail <input name="email" type="email" /></label>
      <button name="choice" value="sign-in">Sign in</button>
      <button name="choice" value="cancel">Cancel</button>
    </form>
  </main>
</html>`

function sendPage(response: ServerResponse, page: string): void {
  response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(page)
}

async function text(request: IncomingMessage): Promise<string> {
  let body = ""
  for await (const chunk of request.setEncoding("utf8")) body += chunk
  return body
}

async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, "127.0.0.1")
  await once(server, "listening")
  return (server.address() as AddressInfo).port
}
