import type { Source } from "@omnichat/core/protocol/settings"
import { amountOf, shortAddress } from "../models/choice.ts"

/** What a card says of its servers: `state` colours it, `ready` means one can begin. */
export type Check = {
  state: "looking" | "found" | "wrong" | "none"
  text: string
  ready: boolean
}

/** The best of what is known of the Ollama servers. */
export function ollamaCheck(sources: readonly Source[]): Check {
  const servers = sources.filter((source) => source.provider === "ollama")
  const found = servers.filter((source) => source.state === "found")
  const count = found.reduce((sum, source) => sum + source.models.length, 0)
  if (count > 0) return { state: "found", text: `Ollama, ${amountOf(count)}`, ready: true }
  if (found.length > 0) return { state: "found", text: "Ollama is here, no models yet", ready: false }
  const wrong = servers.find((source) => source.state === "wrong")
  if (wrong) {
    return { state: "wrong", text: `Something else answers at ${shortAddress(wrong.address)}`, ready: false }
  }
  const places = servers.map((source) => shortAddress(source.address)).join(", ")
  return { state: "looking", text: places === "" ? "Looking" : `Looking at ${places}`, ready: false }
}

export function openAiCheck(sources: readonly Source[]): Check {
  const source = sources.find(({ provider }) => provider === "openai")
  const place = shortAddress(source?.address)
  switch (source?.state) {
    case "found": {
      const { length } = source.models
      return { state: "found", text: length === 0 ? `${place}, no models` : amountOf(length), ready: length > 0 }
    }
    case "silent":
      return { state: "looking", text: `Looking at ${place}`, ready: false }
    case "wrong":
      return { state: "wrong", text: source.error ?? `${place} refuses`, ready: false }
    default:
      return { state: "none", text: "None set", ready: false }
  }
}

/** Of Bedrock where the environment turns it on. What is wrong there is told as it was said: it names what to do. */
export function bedrockCheck(sources: readonly Source[]): Check {
  const source = sources.find(({ provider }) => provider === "bedrock")
  const place = source?.address === undefined ? "" : ` in ${source.address}`
  switch (source?.state) {
    case "found": {
      const { length } = source.models
      if (length > 0) return { state: "found", text: `${amountOf(length)}${place}`, ready: true }
      return { state: "wrong", text: `No models${place}: OMNICHAT_BEDROCK_MODELS leaves none`, ready: false }
    }
    case "silent":
      return { state: "looking", text: source.error ?? `No answer${place} yet`, ready: false }
    case "wrong":
      return { state: "wrong", text: source.error ?? `Amazon Bedrock${place} refuses`, ready: false }
    default:
      return { state: "looking", text: "Looking", ready: false }
  }
}

/** What was looked for and how that went, as the first line says it. */
export function lead(sources: readonly Source[]): string {
  const rest = "Start with one of these; the others can join at any time."
  if ([ollamaCheck, openAiCheck, bedrockCheck].some((check) => check(sources).ready))
    return "Here is somebody to talk to. More can join at any time."
  const servers = sources.filter((source) => source.provider === "ollama")
  if (servers.some((source) => source.state === "found")) return `Ollama is here, but it has no model yet. ${rest}`
  if (servers.length === 0) return rest
  return `Nothing answered at ${servers.map((source) => shortAddress(source.address)).join(" or ")}. ${rest}`
}
