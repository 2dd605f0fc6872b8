import { createStore, produce, unwrap } from "solid-js/store"
import type { Holder } from "./holder.ts"

/** A holder whose readers are updated, all at once when a recipe is through. */
export function solidHolder<State extends object>(initial: State): Holder<State> {
  const [state, set] = createStore(initial)
  return { state, raw: unwrap(state), change: (recipe) => set(produce(recipe)) }
}
