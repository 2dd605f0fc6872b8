import type { Source } from "@omnichat/core/protocol/settings"

export type Mark = "good" | "bad" | "alive" | "none"

/** What is known of one server, in a few words. `undefined`: it is being asked. */
export function stateOf(source: Source | undefined): { mark: Mark; text: string } {
  switch (source?.state) {
    case "found": {
      const { length } = source.models
      if (length === 0) return { mark: "good", text: "Found, no models yet" }
      return { mark: "good", text: length === 1 ? "1 model" : `${length} models` }
    }
    case "silent":
      return { mark: "none", text: "Does not answer" }
    case "wrong":
      return { mark: "bad", text: "Something else answers" }
    case "unset":
      return { mark: "none", text: "Not set" }
    default:
      return { mark: "alive", text: "Looking" }
  }
}
