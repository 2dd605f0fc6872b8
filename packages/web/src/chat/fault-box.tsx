import { useNavigate } from "@solidjs/router"
import { For, Show } from "solid-js"
import { useApp } from "../runtime/context.tsx"
import type { Turn } from "../runtime/conversation/turn.ts"
import { Icon } from "../ui/icon.tsx"
import type { IconName } from "../ui/icon.tsx"
import type { Acts } from "./acts.ts"
import { faultOf } from "./fault.ts"
import type { Fault, Way } from "./fault.ts"

const words: Record<Way, { label: string; icon: IconName }> = {
  retry: { label: "Retry", icon: "again" },
  continue: { label: "Continue", icon: "go" },
  model: { label: "Pick another model", icon: "swap" },
  settings: { label: "Settings", icon: "sliders" },
}

/** What went wrong with an answer and the ways on, as a part of it. */
export function FaultBox(props: {
  turn: Turn
  name: string
  acts: Acts
  /** It is what the reader waits for: a screen reader says it at once. */
  urgent: boolean
}) {
  const navigate = useNavigate()
  const app = useApp()
  const fault = () => faultOf(props.turn, props.name)
  /** Where models come from is nothing a user of a shared service can set. */
  const ways = (what: Fault) => what.ways.filter((way) => way !== "settings" || !app.account)
  const take = (way: Way, button: HTMLElement) => {
    const { key } = props.turn
    if (way === "retry") props.acts.again(key)
    else if (way === "continue") props.acts.goOn(key)
    else if (way === "model") props.acts.againWith(key, button.getBoundingClientRect())
    else navigate("/settings")
  }
  return (
    <Show when={fault()}>
      {(what) => (
        <section class="fault" role={props.urgent ? "alert" : "group"} aria-label={what().title}>
          <h2>
            <Icon name="alert" />
            {what().title}
          </h2>
          <p>{what().text}</p>
          <Show when={ways(what()).length > 0}>
            <div class="choices">
              <For each={ways(what())}>
                {(way, index) => (
                  <button
                    type="button"
                    class="button"
                    classList={{ strong: index() === 0 }}
                    onClick={(event) => take(way, event.currentTarget)}
                  >
                    <Icon name={words[way].icon} />
                    {words[way].label}
                  </button>
                )}
              </For>
            </div>
          </Show>
        </section>
      )}
    </Show>
  )
}
