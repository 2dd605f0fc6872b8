import type { Client } from "@omnichat/client/client"
import type { ModelSummary } from "@omnichat/core/protocol/http"
import type { SettingsPatch, SettingsView, Source } from "@omnichat/core/protocol/settings"
import type { ChatId } from "@omnichat/core/protocol/id"
import type { Holder, MakeHolder } from "../runtime/holder.ts"
import type { Keep } from "../runtime/keep.ts"
import { hasRealModel, loadedModels, modelIdOf, pick } from "./choice.ts"

/** The models there are, where they come from, and which one answers where. */
export type CatalogueState = {
  models: ModelSummary[]
  sources: Source[]
  /** The sources have been asked at least once, whatever came of it. */
  looked: boolean
  settings?: SettingsView
  phase: "loading" | "ready" | "failed"
  /** The model chosen on this page for each chat; under `new` for the one that does not exist yet. */
  chosen: Record<string, string>
  /** The model that was chosen last, by whatever page. */
  last?: string
  /** Who answers where nobody has been chosen. It stays the same, so that no other model comes while one writes. */
  usual?: string
  /** Models whose thinking has been switched off. */
  unthinking: Record<string, true>
}

export interface Catalogue {
  readonly state: CatalogueState
  /** Models and settings. Never rejects; `phase` tells. */
  load(): Promise<void>
  /** Asks every model server whether it is there, and which models it has. Never rejects. */
  look(): Promise<void>
  /** Rejects with ClientError: `conflict` when the environment has fixed it. */
  set(patch: SettingsPatch): Promise<void>
  choose(place: ChatId | "new", model: string): void
  /** The chat that was new is this one now. */
  settle(place: ChatId): void
  think(model: string, on: boolean): void
}

/** Of a `shared` service the models are all that its users see: where they come from is nobody's here to say. */
export function createCatalogue(
  client: Client,
  keep: Keep,
  hold: MakeHolder,
  { shared = false }: { shared?: boolean } = {},
): Catalogue {
  const last = keep.read("model")
  const quiet = keep.read("unthinking")
  const holder = hold<CatalogueState>({
    models: [],
    sources: [],
    looked: false,
    phase: "loading",
    chosen: {},
    ...(typeof last === "string" && { last }),
    unthinking: Object.fromEntries(Array.isArray(quiet) ? quiet.map((id) => [String(id), true as const]) : []),
  })
  let reading = Promise.resolve()
  const load = () => {
    reading = read(client, holder, shared)
    return reading
  }
  const catalogue: Catalogue = {
    state: holder.state,
    load,
    async look() {
      try {
        const { sources } = shared ? { sources: [] } : await client.http.sources()
        const before = holder.state.looked ? fingerprint(holder.state.sources) : undefined
        holder.change((draft) => {
          draft.sources = sources
        })
        // What is being read, as at the start, may know them all.
        await reading
        const changed = before === undefined ? lacksModels(holder.state) : before !== fingerprint(sources)
        if (changed) await load()
      } catch {
        // Nothing new is known; whoever watches asks again.
      } finally {
        holder.change((draft) => {
          draft.looked = true
          chooseUsual(draft)
        })
      }
    },
    async set(patch) {
      const settings = await client.http.patchSettings(patch)
      holder.change((draft) => {
        draft.settings = settings
      })
      await Promise.all([load(), catalogue.look()])
    },
    choose(place, model) {
      holder.change((draft) => {
        draft.chosen[place] = model
        draft.last = model
      })
      keep.write("model", model)
    },
    settle(place) {
      const model = holder.state.chosen["new"]
      if (model === undefined) return
      holder.change((draft) => {
        draft.chosen[place] = model
        delete draft.chosen["new"]
      })
    },
    think(model, on) {
      holder.change((draft) => {
        if (on) delete draft.unthinking[model]
        else draft.unthinking[model] = true
      })
      keep.write("unthinking", Object.keys(holder.state.unthinking))
    },
  }
  return catalogue
}

async function read(client: Client, holder: Holder<CatalogueState>, shared: boolean): Promise<void> {
  try {
    const [{ models }, settings] = await Promise.all([
      client.http.models(),
      shared ? undefined : client.http.settings(),
    ])
    holder.change((draft) => {
      draft.models = models
      if (settings) draft.settings = settings
      draft.phase = "ready"
      chooseUsual(draft)
    })
  } catch {
    holder.change((draft) => {
      if (draft.phase === "loading") draft.phase = "failed"
    })
  }
}

/** A model that is loaded answers at once, so it comes before the others. Known when both models and sources are. */
function chooseUsual(draft: CatalogueState): void {
  const { models, sources, looked, usual } = draft
  if (!looked || usual !== undefined || !hasRealModel(models)) return
  const model = pick(models, loadedModels(sources))
  if (model) draft.usual = model.id
}

function lacksModels({ models, sources }: CatalogueState): boolean {
  const known = new Set(models.map(({ id }) => id))
  return sources.some((source) => source.models.some(({ id }) => !known.has(modelIdOf(source, id))))
}

function fingerprint(sources: readonly Source[]): string {
  return sources.map(({ address, state, models }) => [address, state, ...models.map((model) => model.id)]).join()
}
