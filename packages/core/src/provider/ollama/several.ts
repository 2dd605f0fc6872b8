import type { ProviderModel } from "../../model/provider.ts"
import type { ServedProvider } from "../../model/source.ts"

/** What several Ollama servers have, as one list: a model that several have is one model, as the first of them tells it. */
export function modelsOfAll(providers: readonly ServedProvider[]): Pick<ServedProvider, "servers" | "list"> {
  const servers = providers.flatMap((provider) => provider.servers)
  return {
    servers,
    /** Throws what the first server threw when none could be asked. */
    async list(signal): Promise<ProviderModel[]> {
      const lists = await Promise.allSettled(servers.map((server) => server.list(signal)))
      const failed = lists.find((each) => each.status === "rejected")
      if (failed !== undefined && lists.every((each) => each.status === "rejected")) throw failed.reason
      const models = new Map<string, ProviderModel>()
      for (const each of lists) {
        for (const model of each.status === "fulfilled" ? each.value : []) {
          if (!models.has(model.id)) models.set(model.id, model)
        }
      }
      return [...models.values()]
    },
  }
}
