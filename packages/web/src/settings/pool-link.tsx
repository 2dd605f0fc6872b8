import type { PoolView } from "@omnichat/core/protocol/pool"
import { Show, createEffect, createSignal } from "solid-js"
import { summaryOf } from "../pool/rows.ts"
import { useApp } from "../runtime/context.tsx"

/** The way to the servers' page, where there are such servers and one may look at them. */
export function PoolLink() {
  const app = useApp()
  const { state } = app.catalogue
  const [view, setView] = createSignal<PoolView>()
  let asked = false
  // Where nothing is served by Ollama there is no pool, and a question that is refused would only stand in the console.
  createEffect(() => {
    const served = state.models.some(({ provider }) => provider === "ollama")
    if (asked || !(served || (state.settings?.ollamaUrls.value.length ?? 0) > 0)) return
    asked = true
    app
      .pool()
      .then(setView)
      .catch(() => undefined) // a service may have none, and most users may not see it
  })
  return (
    <Show when={view()}>
      {(seen) => (
        <section aria-labelledby="servers">
          <h2 id="servers">Servers</h2>
          <div class="setting">
            <div>
              <h3>{summaryOf(seen()).join(", ")}</h3>
              <p class="note">What they do now, what is in their memory, and who waits for them.</p>
            </div>
            <a class="button" href="/servers">
              Look
            </a>
          </div>
        </section>
      )}
    </Show>
  )
}
