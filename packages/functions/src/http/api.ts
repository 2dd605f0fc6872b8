import type { Ports } from "@omnichat/core/ports"
import type { Config } from "@omnichat/core/protocol/http"
import type { PoolView } from "@omnichat/core/protocol/pool"
import type { Hono } from "hono"
import { addChats } from "./chats.ts"
import { addConfig } from "./config.ts"
import { addFiles } from "./files.ts"
import { addHealth } from "./health.ts"
import type { Health } from "./health.ts"
import { addMessages } from "./messages.ts"
import { addModels } from "./models.ts"
import { addPool } from "./pool.ts"
import { createRouter } from "./router.ts"
import type { ActorOf, Guard, Router } from "./router.ts"
import { addRuns } from "./runs.ts"
import { addSettings } from "./settings.ts"
import type { LocalAdmin } from "./settings.ts"

export type ApiOptions = {
  ports: Ports
  actorOf: ActorOf
  config: (request: Request) => Config
  health: Health
  /** Only where one person runs the service. */
  admin?: LocalAdmin
  /** Where servers for open models are chosen among: how they are doing now. */
  pool?: () => Promise<PoolView>
  /** What a runtime has not refused before. */
  guard?: Guard
  /** A runtime's own routes, under the same rules. */
  routes?: (router: Router) => void
}

/** The HTTP side (protocol H1 to H8), the same in both runtimes. */
export function createApi(options: ApiOptions): Hono {
  const { ports } = options
  const add = (router: Router): void => {
    addHealth(router, options.health)
    addConfig(router, options.config)
    addModels(router, ports)
    addRuns(router, ports)
    addChats(router, ports)
    addMessages(router, ports)
    addFiles(router, ports)
    addPool(router, options.pool)
    if (options.admin !== undefined) addSettings(router, options.admin)
    options.routes?.(router)
  }
  return createRouter(ports, options.actorOf, add, options.guard)
}
