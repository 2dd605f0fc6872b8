import type { Source } from "@omnichat/core/protocol/settings"
import { amountOf } from "../models/choice.ts"

export type Mark = "good" | "bad" | "alive" | "none"

/** What is known of one server, in a few words. `undefined`: it is being asked. */
export function stateOf(source: Source | undefined): { mark: Mark; text: string } {
  switch (source?.state) {
    case "found": {
      const { length } = source.models
      if (length > 0) return { mark: "good", text: amountOf(length) }
      if (source.provider === "bedrock") return { mark: "bad", text: "No models" }
      return { mark: "good", text: "Found, no models yet" }
    }
    case "silent":
      return { mark: "none", text: "Does not answer" }
    case "wrong":
      return { mark: "bad", text: source.provider === "bedrock" ? "Cannot be asked" : "Something else answers" }
    case "unset":
      return { mark: "none", text: "Not set" }
    default:
      return { mark: "alive", text: "Looking" }
  }
}
