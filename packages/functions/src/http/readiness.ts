import type { Ports } from "@omnichat/core/ports"
import { describe } from "@omnichat/core/log"
import type { Source } from "@omnichat/core/protocol/settings"
import type { Readiness } from "./health.ts"

/** Whether the store takes writes and there is a model to ask, found out by trying. */
export async function checkReadiness(
  ports: Pick<Ports, "table" | "clock" | "models" | "log">,
  checkSources: () => Promise<Source[]>,
): Promise<Readiness> {
  const [store, models, sources] = await Promise.all([tryStore(ports), ports.models.list(), checkSources()])
  return {
    ready: store === "ok" && models.length > 0,
    store,
    models: models.length,
    sources: sources.map(({ provider, state }) => ({ provider, state })),
  }
}

async function tryStore({ table, clock, log }: Pick<Ports, "table" | "clock" | "log">): Promise<"ok" | "failed"> {
  try {
    await table.put({ pk: "MACHINE", sk: "READY", at: clock.now() })
    return "ok"
  } catch (thrown) {
    log.error("store-not-ready", { error: describe(thrown) })
    return "failed"
  }
}
