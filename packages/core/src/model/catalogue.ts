import { describe } from "../log.ts"
import type { Log } from "../log.ts"
import { canonicalJson } from "../json.ts"
import { OmniError } from "../protocol/error.ts"
import type { ModelSummary } from "../protocol/http.ts"
import type { Source } from "../protocol/settings.ts"
import { fullName } from "../provider/ollama/name.ts"
import type { Clock } from "../store/clock.ts"
import { aliasProviderId } from "./aliases.ts"
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
  /** Providers that may be far away: their models are listed as they were last seen while others have answered. */
  late?: readonly string[]
  /** Listed when nothing else has a model (aliases are no models), or when forced. Found by its id always. */
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
/** For how long those who are late are waited for when others have models, in milliseconds. */
const graceMs = 300

/** The one implementation of Models. Ids are `<provider>/<name>`; an Ollama name without a tag means `:latest`. */
export function createCatalogue(options: CatalogueOptions): Catalogue {
  const { sources, late = [], demo, clock, log, remember } = options
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

  /** What each place has, where it has said so in time. */
  async function repliesOf(places: readonly Place[]): Promise<ReadonlyMap<Place, Listing>> {
    const replies = new Map<Place, Listing>()
    const ask = async (place: Place) => void replies.set(place, await place.lister.reply(place.server, listAgeMs))
    const isLate = ({ provider }: Place) => late.includes(provider.id)
    const others = Promise.all(places.filter(isLate).map(ask))
    await Promise.all(places.filter((place) => !isLate(place)).map(ask))
    const hasModels = [...replies].some(
      ([{ provider }, listing]) => provider.id !== aliasProviderId && "models" in listing && listing.models.length > 0,
    )
    if (!hasModels) await others
    else {
      const all = new AbortController()
      await Promise.race([others, clock.sleep(graceMs, all.signal)])
      all.abort()
    }
    return replies
  }

  async function list(): Promise<ModelSummary[]> {
    await loaded()
    const places = sources().flatMap(placesOf)
    const replies = await repliesOf(places)
    const summaries = new Map<string, ModelSummary>()
    let hasModels = false
    for (const place of places) {
      const { provider, lister } = place
      const listing = replies.get(place)
      const models = listing !== undefined && "models" in listing ? listing.models : (lister.lastSeen ?? [])
      for (const model of models) {
        const summary = summaryOf(provider, model)
        if (!summaries.has(summary.id)) summaries.set(summary.id, summary)
        hasModels ||= provider.id !== aliasProviderId
      }
    }
    if (hasModels && !demo.forced()) return [...summaries.values()]
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
      await untilOneHas(name, places)
    }
    for (const { provider, lister } of places) {
      const model = lister.lastSeen?.find(named(name))
      if (model) return chosen(provider, model)
    }
    throw await notFound(id, places)
  }

  /** Asks all, and waits until one says that it has the model: a server that hangs costs those of the others nothing. */
  function untilOneHas(name: string, places: readonly Place[]): Promise<void> {
    return new Promise((resolve) => {
      const asked = places.map(async ({ lister, server }) => {
        const listing = await lister.reply(server, listAgeMs)
        if ("models" in listing && listing.models.some(named(name))) resolve()
      })
      void Promise.all(asked).then(() => resolve())
    })
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
    const places = sources()
      .filter(({ id }) => id !== aliasProviderId)
      .flatMap(placesOf)
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
