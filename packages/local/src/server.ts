import { getRequestListener } from "@hono/node-server"
import { forgetConnections } from "@omnichat/core/connection/registry"
import type { Log } from "@omnichat/core/log"
import { OmniError } from "@omnichat/core/protocol/error"
import type { Source } from "@omnichat/core/protocol/settings"
import { recover } from "@omnichat/core/run/sweep"
import { createApi } from "@omnichat/functions/http/api"
import { checkReadiness } from "@omnichat/functions/http/readiness"
import { createSchedule } from "@omnichat/functions/schedule/handler"
import { createSocketHandler } from "@omnichat/functions/socket/handler"
import { actorOf, owner } from "./actor.ts"
import { addUpload } from "./blobs/upload.ts"
import { openDoor } from "./http/door.ts"
import type { Door, Handlers } from "./http/door.ts"
import { findWebFiles } from "./http/web-files.ts"
import { createWeb } from "./http/web.ts"
import { repeat } from "./repeat.ts"
import { openRuntime } from "./runtime.ts"
import type { Runtime } from "./runtime.ts"
import type { Settings } from "./settings.ts"
import { socketLimits } from "./socket/limits.ts"
import type { SocketLimits } from "./socket/limits.ts"
import { createSockets } from "./socket/sockets.ts"
import type { Sockets } from "./socket/sockets.ts"
import { within } from "./within.ts"

/** Where the parts lie that are built apart from the server, and what a test may make smaller. */
export type Build = {
  /** The folder of the built web app. */
  webFolder: string
  /** The built entry of SQLite's thread. */
  threadEntry: URL
  version: string
  /** Instead of the usual ones. */
  socketLimits?: Partial<SocketLimits>
  /** How often what is over is looked for, in milliseconds; usually 10 s. */
  sweepEveryMs?: number
}

export type RunningServer = {
  url: string
  port: number
  /** Asks every model source now. */
  sources(): Promise<Source[]>
  /** Runs that are being answered. */
  activeRuns(): number
  /** Ends the runs, tells everybody, closes everything. Once. */
  close(): Promise<void>
}

const usualSweepEveryMs = 10_000
/** How long each part of a stop may take. */
const grace = { runs: 7000, connections: 1000 }

/**
 * The whole service on one machine. Resolves when it takes requests.
 *
 * @throws CannotStart for the port, StoreUnavailable for the data folder; both say what to do
 */
export async function startServer(settings: Settings, build: Build, log: Log): Promise<RunningServer> {
  const door = await openDoor(settings, log)
  let runtime: Runtime | undefined
  try {
    runtime = await openRuntime(settings, build, log)
    return await serve(door, runtime, build, log)
  } catch (thrown) {
    await door.close(0)
    await runtime?.close()
    throw thrown
  }
}

async function serve(door: Door, runtime: Runtime, build: Build, log: Log): Promise<RunningServer> {
  const { ports, admin } = runtime
  const sockets = createSockets({
    peers: runtime.peers,
    handler: createSocketHandler(ports),
    log,
    limits: { ...socketLimits, ...build.socketLimits },
    now: () => performance.now(),
  })
  await forgetConnections(ports, owner.userId)
  await recover(ports)
  const web = createWeb(await findWebFiles(build.webFolder), log)
  door.open({ page: web, api: createApiListener(runtime, build), socket: createSocketDoor(sockets) })

  const schedule = createSchedule(ports)
  const sweeping = repeat(build.sweepEveryMs ?? usualSweepEveryMs, log, async () => {
    sockets.sweep()
    if (runtime.dispatcher.active === 0) runtime.clock.catchUp()
    await schedule()
  })

  let closing: Promise<void> | undefined
  const close = async (): Promise<void> => {
    door.shut()
    await Promise.all([within(grace.runs, sweeping.stop()), runtime.endRuns(grace.runs)])
    await sockets.close()
    await door.close(grace.connections)
    await runtime.close()
  }
  return {
    url: door.url,
    port: door.port,
    sources: () => admin.sources(),
    activeRuns: () => runtime.dispatcher.active,
    close: () => (closing ??= close()),
  }
}

function createApiListener(runtime: Runtime, { version }: Build): Handlers["api"] {
  const { ports, admin, metrics, blobs, signer, ollamas } = runtime
  const api = createApi({
    ports,
    admin,
    pool: () => ollamas.view(),
    actorOf: (request) => actorOf({ authorization: request.headers.get("authorization") }),
    config: (request) => ({
      socketUrl: `ws://${new URL(request.url).host}/socket`,
      mode: "local",
      auth: { kind: "none" },
    }),
    health: {
      version,
      ready: () => checkReadiness(ports, () => admin.sources()),
      metrics: () => metrics.text(),
    },
    routes: (router) => addUpload(router, blobs, signer),
  })
  return getRequestListener((request) => api.fetch(request), { overrideGlobalObjects: false })
}

function createSocketDoor(sockets: Sockets): Handlers["socket"] {
  return (request, stream, head) => {
    const [path] = (request.url ?? "").split("?")
    if (path !== "/socket") throw new OmniError("not_found", "Sockets are at /socket, and nowhere else.")
    const actor = actorOf({
      authorization: request.headers.authorization ?? null,
      protocols: request.headers["sec-websocket-protocol"],
    })
    sockets.accept(request, stream, head, actor)
  }
}
