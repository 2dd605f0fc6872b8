import type { Config } from "@omnichat/core/protocol/http"
import type { Router } from "./router.ts"

/** What a client must know before anything else (protocol C1, H8). */
export function addConfig(router: Router, config: (request: Request) => Config): void {
  router.on("GET", "/api/config", "config.read", (c) => c.json(config(c.req.raw)))
}
