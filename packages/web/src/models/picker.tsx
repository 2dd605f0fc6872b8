import { useNavigate } from "@solidjs/router"
import { For, Match, Show, Switch, createMemo, createSignal, onCleanup, onMount } from "solid-js"
import type { Capability } from "@omnichat/core/protocol/http"
import { useApp } from "../runtime/context.tsx"
import type { PickRequest } from "../shell/stage.tsx"
import { Dialog } from "../ui/dialog.tsx"
import { isGlass } from "../ui/glass.ts"
import { Icon } from "../ui/icon.tsx"
import type { IconName } from "../ui/icon.tsx"
import { Seek } from "../ui/seek.tsx"
import { modelGroups } from "./list.ts"
import type { ModelRow } from "./list.ts"
import "./picker.css"

const capabilities: { id: Capability; icon: IconName; word: string }[] = [
  { id: "images", icon: "eye", word: "images" },
  { id: "tools", icon: "tool", word: "tools" },
  { id: "reasoning", icon: "think", word: "thinking" },
]
/** What is loaded changes while one looks. */
const lookAgain = 5000

/** The models to choose from, with what is known of each. */
export default function Picker(props: { request: PickRequest; onClose: () => void }) {
  const app = useApp()
  const navigate = useNavigate()
  const { state } = app.catalogue
  const [search, setSearch] = createSignal("")
  const groups = createMemo(() =>
    modelGroups(state.models, { sources: state.sources, mode: app.mode }, search()).map((group) => ({
      label: group.label,
      note: group.from,
      items: group.rows.map((row) => ({ ...row, id: row.model.id })),
    })),
  )
  const pick = (row: ModelRow) => {
    props.onClose()
    props.request.onPick(row.model.id)
  }
  onMount(() => {
    const look = () => void app.catalogue.look()
    look()
    const timer = setInterval(look, lookAgain)
    onCleanup(() => clearInterval(timer))
  })
  const settings = () => {
    props.onClose()
    navigate("/settings")
  }

  return (
    <Dialog
      label="Pick a model"
      class="menu picker"
      quiet={isGlass()}
      onClose={props.onClose}
      ref={(dialog) => moveUnder(dialog, props.request.anchor)}
    >
      <Seek
        label="Search models"
        placeholder={state.models.length === 1 ? "Search 1 model" : `Search ${state.models.length} models`}
        search={search()}
        onSearch={setSearch}
        groups={groups()}
        start={props.request.chosen}
        chosen={props.request.chosen ?? ""}
        none={state.models.length === 0 ? "No model is there yet." : "No model is called that."}
        onPick={pick}
      >
        {(row) => <Row row={row} chosen={row.id === props.request.chosen} />}
      </Seek>
      <div class="menu-foot">
        <For each={capabilities}>
          {(capability) => (
            <span>
              <Icon name={capability.icon} small />
              {capability.word}
            </span>
          )}
        </For>
        <button type="button" class="button plain push" onClick={settings}>
          <Icon name="plug" />
          Connect
        </button>
      </div>
    </Dialog>
  )
}

function Row(props: { row: ModelRow; chosen: boolean }) {
  const model = () => props.row.model
  const can = () => capabilities.filter(({ id }) => model().capabilities.includes(id))
  return (
    <>
      <Show when={props.chosen} fallback={<span class="tick" />}>
        <Icon name="check" class="tick" />
      </Show>
      <span class="name" title={model().name}>
        {model().name}
      </span>
      <span class="end">
        <span
          class="caps"
          role={can().length > 0 ? "img" : undefined}
          aria-label={
            can().length > 0
              ? can()
                  .map(({ word }) => word)
                  .join(", ")
              : undefined
          }
        >
          <For each={capabilities}>
            {(capability) => (
              <Show when={model().capabilities.includes(capability.id)} fallback={<span />}>
                <Icon name={capability.icon} small />
              </Show>
            )}
          </For>
        </span>
        <span class="window">{props.row.window}</span>
        <Switch fallback={<span class="state" />}>
          <Match when={props.row.state.kind === "loaded"}>
            <span class="state good">
              <span class="dot good" />
              Loaded
            </span>
          </Match>
          <Match when={props.row.state.kind === "size" && props.row.state}>
            {(state) => <span class="state">{state().text}</span>}
          </Match>
        </Switch>
      </span>
    </>
  )
}

/** Under what opened it, and whole on the screen. */
function moveUnder(dialog: HTMLDialogElement, anchor: DOMRect | undefined): void {
  const width = Math.min(496, window.innerWidth - 32)
  const x = anchor ? Math.min(anchor.left, window.innerWidth - width - 16) : (window.innerWidth - width) / 2
  const room = window.innerHeight - 360
  const y = anchor ? Math.max(16, Math.min(anchor.bottom + 6, room)) : Math.max(16, window.innerHeight * 0.14)
  dialog.style.setProperty("--x", `${Math.max(16, x)}px`)
  dialog.style.setProperty("--y", `${y}px`)
}
