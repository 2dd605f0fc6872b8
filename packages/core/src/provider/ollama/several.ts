import type { ModelEvent, ModelRequest, ProviderModel } from "../../model/provider.ts"
import type { ModelServer, ServedProvider } from "../../model/source.ts"
import { OmniError } from "../../protocol/error.ts"
import { fullName } from "./name.ts"

/**
 * Several Ollama servers as one provider. A model that several have is one model; it is asked of the first server in the
 * given order that had it when last listed. A server that cannot be reached is passed over for the next that has it.
 */
export function severalOllamas(providers: readonly ServedProvider[]): ServedProvider {
  const [only] = providers
  if (only !== undefined && providers.length === 1) return only

  const places = providers.map((provider) => ({ provider, names: new Set<string>() }))
  const servers: ModelServer[] = places.map((place) => ({
    address: place.provider.servers.map((server) => server.address).join(", "),
    async list(signal) {
      try {
        const models = await place.provider.list(signal)
        place.names = new Set(models.map((model) => model.id))
        return models
      } catch (thrown) {
        place.names = new Set()
        throw thrown
      }
    },
  }))
  const having = (model: string) => places.filter((place) => place.names.has(fullName(model)))

  async function list(signal: AbortSignal): Promise<ProviderModel[]> {
    const lists = await Promise.allSettled(servers.map((server) => server.list(signal)))
    const found = lists.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []))
    const failed = lists.find((each) => each.status === "rejected")
    if (failed !== undefined && found.length === 0) throw failed.reason
    return [
      ...new Map(
        found
          .flat()
          .toReversed()
          .map((model) => [model.id, model]),
      ).values(),
    ].toReversed()
  }

  /** Throws what the servers that could not be asked threw, or `model_not_found` when all could. */
  async function choose(model: string, signal: AbortSignal): Promise<ServedProvider[]> {
    if (having(model).length === 0) {
      const lists = await Promise.allSettled(servers.map((server) => server.list(signal)))
      const failed = lists.find((each) => each.status === "rejected")
      if (having(model).length === 0) {
        const addresses = servers.map((server) => server.address).join(", ")
        throw (
          failed?.reason ?? new OmniError("model_not_found", `None of the Ollama servers ${addresses} has "${model}".`)
        )
      }
    }
    return having(model).map((place) => place.provider)
  }

  async function* stream(request: ModelRequest, signal: AbortSignal): AsyncGenerator<ModelEvent, void, undefined> {
    let passed: unknown
    for (const provider of await choose(request.model, signal)) {
      let begun = false
      try {
        for await (const event of provider.stream(request, signal)) {
          begun = true
          yield event
        }
        return
      } catch (thrown) {
        const unreached = thrown instanceof OmniError && thrown.code === "model_unavailable" && thrown.retryable
        if (begun || !unreached) throw thrown
        passed = thrown
      }
    }
    throw passed
  }

  return { id: "ollama", servers, list, stream }
}
