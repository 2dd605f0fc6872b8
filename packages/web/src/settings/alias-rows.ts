import type { ModelSummary } from "@omnichat/core/protocol/http"
import type { AliasView } from "@omnichat/core/protocol/settings"
import { modelName, providerName } from "../models/choice.ts"

export type AliasRow = { id: string; name: string; targets: TargetRow[] }
export type TargetRow = {
  name: string
  /** Where the model is. */
  from: string
  isThere: boolean
  note: string
}

/** The names that stand for several models, each with its models in the order in which they are asked. */
export function aliasRows(aliases: readonly AliasView[], models: readonly ModelSummary[]): AliasRow[] {
  return aliases.map(({ id, name, targets }) => ({
    id,
    name,
    targets: targets.map(({ model, waitAtMostSeconds }, index) => {
      const isThere = models.some((one) => one.id === model)
      const isLast = index === targets.length - 1
      // The last one is waited for whatever it says.
      const patience = waitAtMostSeconds === undefined || isLast ? "" : `if within ${seconds(waitAtMostSeconds)}`
      return {
        name: modelName(models, model),
        from: providerName(model.slice(0, model.indexOf("/")), "local"),
        isThere,
        note: isThere ? patience : "Not there",
      }
    }),
  }))
}

function seconds(count: number): string {
  return count < 120 ? `${count} s` : `${Number((count / 60).toFixed(1))} min`
}
