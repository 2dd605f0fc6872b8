import { OmniError } from "../protocol/error.ts"
import type { Capability } from "../protocol/http.ts"
import { askInOrder } from "./in-order.ts"
import type { Models } from "./models.ts"
import type { ModelProvider } from "./provider.ts"

/** A name that stands for several models, asked in this order. */
export type Alias = {
  /** After `auto/` in the catalogue's id. */
  id: string
  name: string
  /** At least one. */
  targets: AliasTarget[]
  capabilities?: Capability[]
  contextLength?: number
}
export type AliasTarget = {
  /** The catalogue's id of a model, not of an alias. */
  model: string
  /** Passed over when its answer would begin later than this (seconds). The last one is waited for. */
  waitAtMostSeconds?: number
}

/** The first part of aliases' ids. They are listed as models, and are no source of any. */
export const aliasProviderId = "auto"

/** Models that are names for others: `auto/<id>`. `onPassed` hears of each target that was passed over. */
export function aliasProvider(
  aliases: () => readonly Alias[],
  models: () => Pick<Models, "find">,
  onPassed?: (passed: { alias: string; model: string; error: OmniError }) => void,
): ModelProvider {
  return {
    id: aliasProviderId,
    list: () => Promise.resolve(aliases().map(toModel)),
    stream(request, signal) {
      const alias = aliases().find(({ id }) => id === request.model)
      if (alias === undefined) throw new OmniError("model_not_found", `There is no model "auto/${request.model}".`)
      const targets = alias.targets.map(({ model, waitAtMostSeconds }) => ({
        find: () => models().find(model),
        passed: (error: OmniError) => onPassed?.({ alias: alias.id, model, error }),
        ...(waitAtMostSeconds !== undefined && { waitAtMost: waitAtMostSeconds * 1000 }),
      }))
      return askInOrder(targets, request, signal)
    },
  }
}

function toModel({ id, name, capabilities = [], contextLength }: Alias) {
  return { id, name, capabilities, ...(contextLength !== undefined && { contextLength }) }
}
