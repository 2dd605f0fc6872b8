import type { Client } from "@omnichat/client/client"
import type { ModelSummary } from "@omnichat/core/protocol/http"
import type { SettingsPatch, SettingsView, Source } from "@omnichat/core/protocol/settings"
import type { ChatId } from "@omnichat/core/protocol/id"
import type { Holder, MakeHolder } from "../runtime/holder.ts"
import type { Keep } from "../runtime/keep.ts"

/** The models there are, where they come from, and which one answers where. */
export type CatalogueState = {
  models: ModelSummary[]
  sources: Source[]
  settings?: SettingsView
  phase: "loading" | "ready" | "failed"
  /** The model chosen on this page for each chat; under `new` for the one that does not exist yet. */
  chosen: Record<string, string>
  /** The model that was chosen last, by whatever page. */
  last?: string
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

export function createCatalogue(client: Client, keep: Keep, hold: MakeHolder): Catalogue {
  const last = keep.read("model")
  const quiet = keep.read("unthinking")
  const holder = hold<CatalogueState>({
    models: [],
    sources: [],
    phase: "loading",
    chosen: {},
    ...(typeof last === "string" && { last }),
    unthinking: Object.fromEntries(Array.isArray(quiet) ? quiet.map((id) => [String(id), true as const]) : []),
  })
  const catalogue: Catalogue = {
    state: holder.state,
    load: () => read(client, holder),
    async look() {
      try {
        const { sources } = await client.http.sources()
        const before = fingerprint(holder.state.sources)
        holder.change((draft) => {
          draft.sources = sources
        })
        if (before !== fingerprint(sources)) await read(client, holder)
      } catch {
        // Nothing new is known; whoever watches asks again.
      }
    },
    async set(patch) {
      const settings = await client.http.patchSettings(patch)
      holder.change((draft) => {
        draft.settings = settings
      })
      await Promise.all([read(client, holder), catalogue.look()])
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

async function read(client: Client, holder: Holder<CatalogueState>): Promise<void> {
  try {
    const [{ models }, settings] = await Promise.all([client.http.models(), client.http.settings()])
    holder.change((draft) => {
      draft.models = models
      draft.settings = settings
      draft.phase = "ready"
    })
  } catch {
    holder.change((draft) => {
      if (draft.phase === "loading") draft.phase = "failed"
    })
  }
}

function fingerprint(sources: readonly Source[]): string {
  return sources.map(({ address, state, models }) => [address, state, ...models.map((model) => model.id)]).join()
}
