import type { Params } from "../../protocol/frame.ts"
import { OmniError } from "../../protocol/error.ts"

/** A value of the API's `think` field. */
export type Think = boolean | string

const levels = ["low", "medium", "high"] as const

/**
 * The `think` value for what somebody asked of a model that knows `values`; undefined leaves the field out. The nearest
 * the model can do is taken: `off` of a model that cannot stop reasoning is its lowest level, a level of a model that
 * only knows on and off is on. A level asked of a model that does not reason at all is `invalid`: whoever asks for
 * reasoning and gets none should know.
 */
export function thinkValue(reasoning: Params["reasoning"], values: readonly Think[], model: string): Think | undefined {
  if (reasoning === undefined) return undefined
  const known = levels.filter((level) => values.includes(level))
  if (reasoning === "off") {
    if (values.includes(false)) return values.length > 1 ? false : undefined
    return known[0]
  }
  const wanted = levels.indexOf(reasoning)
  const nearest = known.toSorted((a, b) => distance(a, wanted) - distance(b, wanted))[0]
  if (nearest !== undefined) return nearest
  if (values.includes(true)) return true
  throw new OmniError("invalid", `${model} does not reason. Choose a model that does, or ask without reasoning.`)
}

const distance = (level: (typeof levels)[number], wanted: number): number => Math.abs(levels.indexOf(level) - wanted)
