import { Show, createSignal } from "solid-js"
import type { ReasoningPart } from "@omnichat/core/protocol/part"
import type { Turn } from "../runtime/conversation/turn.ts"
import { Markdown } from "../markdown/markdown.tsx"
import { Icon } from "../ui/icon.tsx"
import { createSeconds } from "../ui/seconds.ts"
import { thoughtLabel } from "./meta.ts"

/** What the model thought before it spoke, folded; while it thinks, for how long already. */
export function Thought(props: { part: ReasoningPart; turn: Turn }) {
  const [open, setOpen] = createSignal(false)
  const thinking = () => props.turn.live !== undefined && props.part.state === "streaming"
  const now = createSeconds(thinking)
  /** The time is that of all thoughts together. */
  const only = () => props.turn.parts.filter((part) => part.type === "reasoning").length === 1
  const label = () => (only() || thinking() ? thoughtLabel(props.turn, thinking(), now()) : "Thought")
  return (
    <Show when={thinking() || props.part.text.trim() !== ""}>
      <details class="thought" onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>
          <Show when={thinking()}>
            <span class="dot alive" />
          </Show>
          {label()}
          <Icon name="right" small />
        </summary>
        <Show when={open()}>
          <div class="inside">
            <Markdown text={() => props.part.text} streaming={thinking} />
          </div>
        </Show>
      </details>
    </Show>
  )
}
