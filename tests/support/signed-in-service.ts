import { createReadStream, mkdtempSync, rmSync } from "node:fs"
import type { IncomingMessage, ServerResponse } from "node:http"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { getRequestListener } from "@hono/node-server"
import type { Actor } from "@omnichat/core/access/actor"
import { OmniError } from "@omnichat/core/protocol/error"
import type { Config } from "@omnichat/core/protocol/http"
import { actorOf } from "@omnichat/functions/aws/bearer"
import { issuerTokens } from "@omnichat/functions/aws/tokens"
import { tell } from "@omnichat/functions/errors"
import { createApi } from "@omnichat/functions/http/api"
import { checkReadiness } from "@omnichat/functions/http/readiness"
import { createLog } from "@omnichat/functions/log"
import { createSocketHandler } from "@omnichat/functions/socket/handler"
import { addUpload } from "@omnichat/local/blobs/upload"
import { openDoor } from "@omnichat/local/http/door"
import { refuseUpgrade } from "@omnichat/local/http/refuse"
import { findWebFiles } from "@omnichat/local/http/web-files"
import type { WebFiles } from "@omnichat/local/http/web-files"
import { openRuntime } from "@omnichat/local/runtime"
import { socketLimits } from "@omnichat/local/socket/limits"
import { createSockets } from "@omnichat/local/socket/sockets"
import { sqliteThread } from "./sqlite-thread.ts"

/** A service with accounts: the page, the API and the socket of this machine, for whoever has a token of the provider. */
export type SignedInService = {
  /** Without a slash at the end. */
  url: string
  /** What it has logged as an error. */
  errors: string[]
  /** How often a socket was opened. */
  readonly sockets: number
  close(): Promise<void>
}

export type SignedInServiceOptions = {
  port: number
  webFolder: string
  ollamaUrls: string[]
  provider: { url: string; clientId: string; jwksUrl: string }
  signOutUrl?: string
}

export async function startSignedInService(options: SignedInServiceOptions): Promise<SignedInService> {
  const { provider, ollamaUrls } = options
  const errors: string[] = []
  const log = createLog("error", (line) => errors.push(line))
  const dataFolder = mkdtempSync(join(tmpdir(), "omnichat-signed-in-"))
  const settings = { port: options.port, host: "127.0.0.1", dataFolder, ollamaUrls, openBrowser: false } as const
  const door = await openDoor(settings, log)
  const runtime = await openRuntime(
    { ...settings, logLevel: "error" },
    { threadEntry: sqliteThread(), version: "0.0.0-test" },
    log,
  )
  const { ports, peers, blobs, signer } = runtime
  const tokens = issuerTokens({ issuer: provider.url, clientId: provider.clientId, jwksUrl: provider.jwksUrl })
  const config: Config = {
    socketUrl: `ws://127.0.0.1:${door.port}/socket`,
    mode: "aws",
    auth: {
      kind: "oidc",
      issuer: provider.url,
      clientId: provider.clientId,
      scope: "openid email",
      ...(options.signOutUrl !== undefined && { signOutUrl: options.signOutUrl }),
    },
  }
  const api = createApi({
    ports,
    actorOf: ({ headers }) => actorOf(tokens, { authorization: headers.get("authorization") ?? undefined }),
    config: () => config,
    health: {
      version: "0.0.0-test",
      ready: () => checkReadiness(ports, async () => []),
      metrics: () => Promise.reject(new OmniError("not_found", "Nothing is counted here.")),
    },
    routes: (router) => addUpload(router, blobs, signer),
  })
  const sockets = createSockets({
    peers,
    handler: createSocketHandler(ports),
    log,
    limits: socketLimits,
    now: () => performance.now(),
  })
  let opened = 0
  const webFiles = await findWebFiles(options.webFolder)
  if (webFiles === undefined) throw new Error(`there is no web build in ${options.webFolder}`)
  door.open({
    page: async (request, response) => sendPage(request, response, webFiles, [provider.url]),
    api: getRequestListener((request) => api.fetch(request), { overrideGlobalObjects: false }),
    socket(request, stream, head) {
      const take = (actor: Actor | undefined): void => {
        if (actor === undefined || actor.role === "pending") throw new OmniError("unauthenticated", "Not signed in.")
        opened += 1
        sockets.accept(request, stream, head, actor)
      }
      const { authorization, "sec-websocket-protocol": protocols } = request.headers
      actorOf(tokens, { authorization, protocols })
        .then(take)
        .catch((thrown: unknown) => refuseUpgrade(stream, tell(thrown, log, "upgrade")))
    },
  })
  return {
    url: door.url,
    errors,
    get sockets() {
      return opened
    },
    async close() {
      door.shut()
      await runtime.endRuns(5000)
      await sockets.close()
      await door.close(1000)
      await runtime.close()
      rmSync(dataFolder, { recursive: true, force: true })
    },
  }
}

/** The page under a policy as strict as the site's, which lets it ask the provider too. */
async function sendPage(
  request: IncomingMessage,
  response: ServerResponse,
  files: WebFiles,
  connections: string[],
): Promise<void> {
  const { pathname } = new URL(request.url ?? "/", "http://page")
  const file = files.get(pathname) ?? (/\.[a-z0-9]+$/.test(pathname) ? undefined : files.get("/index.html"))
  if (file === undefined) return void response.writeHead(404).end()
  response.writeHead(200, {
    "content-type": file.mediaType,
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "content-security-policy": [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self' 'unsafe-inline'",
      "img-src 'self' data: blob: https: http:",
      `connect-src 'self' ${connections.join(" ")}`,
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ].join("; "),
  })
  createReadStream(file.path).pipe(response)
}
