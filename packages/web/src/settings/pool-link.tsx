import type { PoolView } from "@omnichat/core/protocol/pool"
import { Show, createEffect, createSignal } from "solid-js"
import { summaryOf } from "../pool/rows.ts"
import { useApp } from "../runtime/context.tsx"

/**
 * The way to the servers' page, where there are such servers. On AWS they are not asked here: only an administrator may,
 * and who is one the page does not know; a refusal would stand in everybody's console.
 */
export function PoolLink() {
  const app = useApp()
  const { state } = app.catalogue
  const served = () => state.models.some(({ provider }) => provider === "ollama")
  return (
    <Show when={app.mode === "aws"} fallback={<OwnServers served={served()} />}>
      <Show when={served()}>
        <Servers
          title="GPU pool"
          note="What its servers do now and who waits for them. Only an administrator may look."
        />
      </Show>
    </Show>
  )
}

/** The servers of this machine's one user, who may always ask. */
function OwnServers(props: { served: boolean }) {
  const app = useApp()
  const [view, setView] = createSignal<PoolView>()
  let asked = false
  createEffect(() => {
    const { settings } = app.catalogue.state
    if (asked || !(props.served || (settings?.ollamaUrls.value.length ?? 0) > 0)) return
    asked = true
    app
      .pool()
      .then(setView)
      .catch(() => undefined) // a machine may have none
  })
  return (
    <Show when={view()}>
      {(seen) => (
        <Servers
          title={summaryOf(seen()).join(", ")}
          note="What they do now, what is in their memory, and who waits for them."
        />
      )}
    </Show>
  )
}

function Servers(props: { title: string; note: string }) {
  return (
    <section aria-labelledby="servers">
      <h2 id="servers">Servers</h2>
      <div class="setting">
        <div>
          <h3>{props.title}</h3>
          <p class="note">{props.note}</p>
        </div>
        <a class="button" href="/servers">
          Look
        </a>
      </div>
    </section>
  )
}
