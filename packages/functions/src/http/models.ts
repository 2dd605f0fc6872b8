import type { Ports } from "@omnichat/core/ports"
import type { ModelList } from "@omnichat/core/protocol/http"
import type { Router } from "./router.ts"

/** Every model there is now (protocol H8). */
export function addModels(router: Router, ports: Ports): void {
  router.on("GET", "/api/models", "model.list", async (c) =>
    c.json({ models: await ports.models.list() } satisfies ModelList),
  )
}
