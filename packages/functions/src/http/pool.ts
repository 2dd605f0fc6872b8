import { OmniError } from "@omnichat/core/protocol/error"
import type { PoolView } from "@omnichat/core/protocol/pool"
import type { Router } from "./router.ts"

/** How the servers for open models are doing. A service without a pool says so: clients show nothing of one then. */
export function addPool(router: Router, pool: (() => Promise<PoolView>) | undefined): void {
  router.on("GET", "/api/pool", "pool.read", async (c) => {
    if (pool === undefined) {
      throw new OmniError(
        "not_found",
        "This service has no pool of servers for open models, so there is none to look at.",
      )
    }
    return c.json((await pool()) satisfies PoolView)
  })
}
