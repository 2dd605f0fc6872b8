import type { Ports } from "@omnichat/core/ports"
import { describe } from "@omnichat/core/log"
import { aliasProviderId } from "@omnichat/core/model/aliases"
import type { Source } from "@omnichat/core/protocol/settings"
import type { Readiness } from "./health.ts"

/**
 * Whether the store takes writes and a model can be asked, found out by trying: a source answers now, or the demo is all
 * there is to offer. Models that were seen once and are silent now are none.
 */
export async function checkReadiness(
  ports: Pick<Ports, "table" | "clock" | "models" | "log">,
  checkSources: () => Promise<Source[]>,
): Promise<Readiness> {
  const [store, models, sources] = await Promise.all([tryStore(ports), ports.models.list(), checkSources()])
  const answers = sources.some(({ provider, state }) => provider !== "demo" && state === "found")
  const onlyDemo = models.every(({ provider }) => provider === "demo" || provider === aliasProviderId)
  const missing = [
    ...(store === "ok" ? [] : [storeAdvice]),
    ...(models.length > 0 && (answers || onlyDemo) ? [] : [sourceAdvice(sources)]),
  ]
  return {
    ready: missing.length === 0,
    store,
    models: models.length,
    sources: sources.map(({ provider, state }) => ({ provider, state })),
    ...(missing.length === 0 ? {} : { message: missing.join(" ") }),
  }
}

const storeAdvice = "The store takes no writes: the log says why."

function sourceAdvice(sources: Source[]): string {
  const set = sources.filter(({ provider, state }) => provider !== "demo" && state !== "unset")
  if (set.length === 0) return "No model source is set: set one in the settings."
  if (set.some(({ state }) => state === "found")) return "No model source has a model: add one to a model server."
  const states = [...new Set(set.map(({ provider, state }) => `${provider} is ${state}`))].join(", ")
  return `No model source answers (${states}): start a model server, or correct its address in the settings.`
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
