import { onCleanup, onMount } from "solid-js"
import { hasRealModel } from "../models/choice.ts"
import type { App } from "../runtime/app.ts"
import { keepComposings } from "./composings.ts"

/** While there is nobody to talk to, one looks this often whether somebody has come (ms). */
const lookAgain = 5000

/** What goes on while somebody looks at a chat: words are kept when they leave, models are seen when they come. */
export function createVisit(app: App, field: () => HTMLTextAreaElement | null): void {
  const onVisibility = () => {
    if (document.hidden) keepComposings()
    else void app.catalogue.look()
  }
  const look = () => {
    if (!document.hidden && !hasRealModel(app.catalogue.state.models)) void app.catalogue.look()
  }
  /** Who types without a place for it means the message. */
  const onKeyDown = (event: KeyboardEvent) => {
    const { key, ctrlKey, metaKey, altKey, isComposing, defaultPrevented } = event
    if (defaultPrevented || isComposing || ctrlKey || metaKey || altKey) return
    if (key.length !== 1 || key === " " || key === "?") return
    const at = document.activeElement
    if (at === document.body || at?.matches(".scroll, #main")) field()?.focus()
  }
  onMount(() => {
    const timer = setInterval(look, lookAgain)
    window.addEventListener("pagehide", keepComposings)
    window.addEventListener("keydown", onKeyDown)
    document.addEventListener("visibilitychange", onVisibility)
    onCleanup(() => {
      keepComposings()
      clearInterval(timer)
      window.removeEventListener("pagehide", keepComposings)
      window.removeEventListener("keydown", onKeyDown)
      document.removeEventListener("visibilitychange", onVisibility)
    })
  })
}
