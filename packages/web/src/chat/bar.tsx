import { useNavigate } from "@solidjs/router"
import { Show } from "solid-js"
import type { ChatId } from "@omnichat/core/protocol/id"
import type { ModelSummary } from "@omnichat/core/protocol/http"
import { providerName } from "../models/choice.ts"
import { useApp } from "../runtime/context.tsx"
import { Bar } from "../shell/bar.tsx"
import { useStage } from "../shell/stage.tsx"
import { isGlass } from "../ui/glass.ts"
import { Icon } from "../ui/icon.tsx"
import { Menu } from "../ui/menu.tsx"
import type { MenuItem } from "../ui/menu.tsx"

/** The bar above a chat: who answers, and what can be done with the whole of it. */
export function ChatBar(props: { place: ChatId | "new"; model: ModelSummary | undefined; temporary: boolean }) {
  const app = useApp()
  const stage = useStage()
  const navigate = useNavigate()

  const looking = () => app.catalogue.state.phase === "loading" || !app.catalogue.state.looked
  const items = (): MenuItem[] => {
    const { place } = props
    const showKeys = () => stage.set({ overlay: "shortcuts" })
    const keys: MenuItem[] = isGlass() ? [] : [{ label: "Keys", icon: "keys", run: showKeys }]
    if (place === "new") {
      const { temporary } = stage.state
      const toggle = () => stage.set({ temporary: !temporary })
      return [{ label: "Leave no trace", icon: "veil", checked: temporary, run: toggle }, ...keys]
    }
    const rename = () => {
      stage.showList()
      stage.set({ renaming: place })
    }
    const remove = () => {
      navigate("/")
      app.removal.remove(place)
    }
    return [
      ...(props.temporary ? [] : [{ label: "Rename", icon: "edit", run: rename } as const]),
      { label: "Delete", icon: "trash", danger: true, run: remove },
      ...keys,
    ]
  }

  return (
    <Bar>
      <button
        type="button"
        class="model"
        aria-haspopup="dialog"
        aria-expanded={stage.state.pick !== undefined}
        onClick={(event) =>
          stage.set({
            pick: {
              anchor: event.currentTarget.getBoundingClientRect(),
              chosen: props.model?.id,
              onPick: (model) => app.catalogue.choose(props.place, model),
            },
          })
        }
      >
        <span class="hidden">Model: </span>
        <Show when={props.model || !looking()} fallback={<span class="late">Looking for models</span>}>
          <span>{props.model?.name ?? "No model"}</span>
        </Show>
        <Show when={props.model}>
          {(model) => <span class="from">{providerName(model().provider, app.mode)}</span>}
        </Show>
        <Icon name="down" />
      </button>
      <Show when={props.temporary}>
        <span class="veiled" title="In no list and no search; gone a day after the last word">
          <Icon name="veil" small />
          <span class="only-wide">No trace</span>
        </span>
      </Show>
      <Menu
        label="More about this chat"
        icon="dots"
        class={props.place === "new" ? "push" : "only-wide push"}
        items={items()}
      />
      <Show when={props.place !== "new"}>
        <a class="tool only-phone" href="/" aria-label="New chat">
          <Icon name="compose" />
        </a>
      </Show>
    </Bar>
  )
}
