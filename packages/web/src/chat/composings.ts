import type { ChatId } from "@omnichat/core/protocol/id"
import type { App } from "../runtime/app.ts"
import { solidHolder } from "../runtime/solid-holder.ts"
import { createComposing } from "./composing.ts"
import type { Composing } from "./composing.ts"

const byPlace = new Map<ChatId | "new", Composing>()

/** The page is being left: keeps what was written a moment ago, in whatever place. */
export function keepComposings(): void {
  for (const composing of byPlace.values()) composing.flush()
}

/** The person has gone: what was written is kept as theirs, and nobody else's. */
export function closeComposings(): void {
  keepComposings()
  byPlace.clear()
}

/** What is being written in a place. It stays while the page lives, so that an upload goes on in a chat one has left. */
export function composingIn(app: App, place: ChatId | "new"): Composing {
  const known = byPlace.get(place)
  if (known) return known
  const composing = createComposing({
    client: app.client,
    drafts: app.drafts,
    hold: solidHolder,
    place,
    after: (ms, action) => {
      const timer = setTimeout(action, ms)
      return () => clearTimeout(timer)
    },
  })
  byPlace.set(place, composing)
  return composing
}
