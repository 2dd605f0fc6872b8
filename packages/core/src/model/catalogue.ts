import { describe } from "../log.ts"
import type { Log } from "../log.ts"
import { canonicalJson } from "../json.ts"
import { OmniError } from "../protocol/error.ts"
import type { ModelSummary } from "../protocol/http.ts"
import type { Source } from "../protocol/settings.ts"
import { fullName } from "../provider/ollama/name.ts"
import type { Clock } from "../store/clock.ts"
import { Lister } from "./listing.ts"
import type { Listing } from "./listing.ts"
import type { ChosenModel, Models } from "./models.ts"
import { nearestIds } from "./nearest.ts"
import type { ModelProvider, ProviderModel } from "./provider.ts"
import type { ModelServer, ServedProvider } from "./source.ts"

/** What each server had when it was last asked, by provider and address. */
export type Remembered = Record<string, ProviderModel[]>

export type CatalogueOptions = {
  /**
   * The providers as the settings have them now, in the order they are listed. Asked at every call, so that a change
   * takes effect at once; give the same objects as long as nothing changes.
   */
  sources: () => readonly (ModelProvider | ServedProvider)[]
  /** Listed when nothing else has a model, or when forced. Found by its id always. */
  demo: { provider: ModelProvider; forced: () => boolean }
  clock: Clock
  log: Log
  /** Keeps what was last seen for the next process; failures are logged and do no harm. */
  remember?: { load(): Promise<Remembered>; save(remembered: Remembered): Promise<void> }
}

export interface Catalogue extends Models {
  /** How every place where models could be is doing. A live check; calls within a second share one. */
  checkSources(): Promise<Source[]>
}

/** How old, in milliseconds, a server's reply may be: for a list, for a check, and for starting a run without asking. */
const listAgeMs = 2_000
const checkAgeMs = 1_000
const startAgeMs = 60_000

/** The one implementation of Models. Ids are `<provider>/<name>`; an Ollama name without a tag means `:latest`. */
export function createCatalogue({ sources, demo, clock, log, remember }: CatalogueOptions): Catalogue {
  const listers = new Map<string, Lister>()
  const remembered: Remembered = {}
  let loading: Promise<void> | undefined

  const loaded = () => (loading ??= load())
  async function load(): Promise<void> {
    try {
      Object.assign(remembered, await remember?.load())
    } catch (thrown) {
      log.warn("model_memory_unreadable", { error: describe(thrown) })
    }
  }
  async function seen(key: string, models: ProviderModel[]): Promise<void> {
    const lasting = models.map(({ loaded: _now, ...model }) => model)
    if (canonicalJson(remembered[key] ?? null) === canonicalJson(lasting)) return
    remembered[key] = lasting
    try {
      await remember?.save({ ...remembered })
    } catch (thrown) {
      log.warn("model_memory_unwritable", { error: describe(thrown) })
    }
  }

  type Place = { provider: ModelProvider; server: ModelServer | ModelProvider; lister: Lister }
  const placesOf = (provider: ModelProvider | ServedProvider): Place[] =>
    ("servers" in provider ? provider.servers : [provider]).map((server) => {
      const key = "address" in server ? `${provider.id} at ${server.address}` : provider.id
      const lister =
        listers.get(key) ??
        new Lister({ key, clock, log, lastSeen: remembered[key], onSeen: (models) => void seen(key, models) })
      listers.set(key, lister)
      return { provider, server, lister }
    })
  const modelsOf = (lister: Lister, listing: Listing): ProviderModel[] =>
    "models" in listing ? listing.models : (lister.lastSeen ?? [])

  async function list(): Promise<ModelSummary[]> {
    await loaded()
    const places = sources().flatMap(placesOf)
    const listings = await Promise.all(places.map(({ lister, server }) => lister.reply(server, listAgeMs)))
    const summaries = new Map<string, ModelSummary>()
    places.forEach(({ provider, lister }, index) => {
      const listing = listings[index]
      for (const model of listing ? modelsOf(lister, listing) : []) {
        const summary = summaryOf(provider, model)
        if (!summaries.has(summary.id)) summaries.set(summary.id, summary)
      }
    })
    if (summaries.size > 0 && !demo.forced()) return [...summaries.values()]
    return [...summaries.values(), ...(await demoModels()).map((model) => summaryOf(demo.provider, model))]
  }

  const demoModels = () => demo.provider.list(new AbortController().signal)

  async function find(id: string): Promise<ChosenModel> {
    await loaded()
    const slash = id.indexOf("/")
    const providerId = id.slice(0, Math.max(slash, 0))
    const name = providerId === "ollama" ? fullName(id.slice(slash + 1)) : id.slice(slash + 1)
    if (providerId === demo.provider.id) {
      const model = (await demoModels()).find((each) => each.id === name)
      if (model) return chosen(demo.provider, model)
    }
    const places = sources()
      .filter((provider) => provider.id === providerId)
      .flatMap(placesOf)
    const known = places.find(({ lister }) => lister.seenAgo <= startAgeMs && lister.lastSeen?.some(named(name)))
    if (known) {
      // A run does not wait for a list of what is known anyway; the next one has the new list.
      for (const { lister, server } of places) void lister.reply(server, listAgeMs)
    } else {
      await Promise.all(places.map(({ lister, server }) => lister.reply(server, listAgeMs)))
    }
    for (const { provider, lister } of places) {
      const model = lister.lastSeen?.find(named(name))
      if (model) return chosen(provider, model)
    }
    throw await notFound(id, places)
  }

  async function notFound(id: string, places: Place[]): Promise<OmniError> {
    const replies = await Promise.all(places.map(({ lister, server }) => lister.reply(server, listAgeMs)))
    const silent = replies.flatMap((reply) => ("error" in reply ? [reply.error] : []))[0]
    const near = nearestIds(
      id,
      (await list()).map((model) => model.id),
    )
    const hint = near.length > 0 ? ` Did you mean ${near.join(" or ")}?` : ""
    const unknown = silent ? ` It may be on a server that cannot be asked now: ${silent.message}` : ""
    return new OmniError("model_not_found", `There is no model "${id}".${hint}${unknown}`, {
      retryable: silent !== undefined,
    })
  }

  async function checkSources(): Promise<Source[]> {
    await loaded()
    const present = sources()
    const places = present.flatMap(placesOf)
    const checked = await Promise.all(
      places.map(async ({ provider, server, lister }) =>
        sourceOf(provider, server, await lister.reply(server, checkAgeMs)),
      ),
    )
    const absent = (["ollama", "openai"] as const).filter((id) => !checked.some((source) => source.provider === id))
    const demoIsOn = demo.forced() || !checked.some((source) => source.models.length > 0)
    const demoIds = demoIsOn ? (await demoModels()).map((model) => ({ id: `${demo.provider.id}/${model.id}` })) : []
    return [
      ...checked,
      ...absent.map((provider) => ({ provider, state: "unset" as const, models: [] })),
      { provider: "demo", state: demoIsOn ? "found" : "unset", models: demoIds },
    ]
  }

  return { list, find, checkSources }
}

const named = (name: string) => (model: ProviderModel) => model.id === name

function summaryOf(provider: ModelProvider, model: ProviderModel): ModelSummary {
  const { id, name, capabilities, contextLength } = model
  return {
    id: `${provider.id}/${id}`,
    name,
    provider: provider.id,
    capabilities,
    ...(contextLength === undefined ? {} : { contextLength }),
  }
}

function chosen(provider: ModelProvider, { id, outputPrice }: ProviderModel): ChosenModel {
  return { id: `${provider.id}/${id}`, name: id, provider, ...(outputPrice === undefined ? {} : { outputPrice }) }
}

function sourceOf(provider: ModelProvider, server: ModelServer | ModelProvider, listing: Listing): Source {
  const base = {
    provider: provider.id as Source["provider"],
    ...("address" in server ? { address: server.address } : {}),
  }
  if ("error" in listing) {
    const silent = listing.error.code === "model_unavailable" && listing.error.retryable
    return { ...base, state: silent ? "silent" : "wrong", error: listing.error.message, models: [] }
  }
  const models = listing.models.map(({ id, sizeBytes, loaded }) => ({
    id: `${provider.id}/${id}`,
    ...(sizeBytes === undefined ? {} : { sizeBytes }),
    ...(loaded === undefined ? {} : { loaded }),
  }))
  return { ...base, state: "found", models }
}
