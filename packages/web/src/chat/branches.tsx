import { Show } from "solid-js"
import { siblings } from "../runtime/tree.ts"
import type { ConversationState } from "../runtime/conversation/talk.ts"
import { Icon } from "../ui/icon.tsx"

/** The arrows between a message and its siblings, where it has any. */
export function Branches(props: {
  state: ConversationState
  turn: string
  noun: "question" | "answer"
  onChoose: (key: string) => void
}) {
  const list = () => {
    const parent = props.state.nodes[props.turn]?.parent ?? null
    // Before the parent is read there may be older siblings that nobody knows yet.
    const complete = parent === null ? props.state.older === undefined : props.state.nodes[parent] !== undefined
    return complete ? siblings(props.state, props.turn) : []
  }
  const at = () => list().indexOf(props.turn)
  const go = (by: number) => {
    const key = list()[at() + by]
    if (key === undefined) return
    props.onChoose(key)
    // The arrows of the other version take the focus over.
    const arrows = document.querySelectorAll<HTMLButtonElement>(`[data-key="${CSS.escape(key)}"] .branch button`)
    const [back, on] = by < 0 ? [arrows[0], arrows[1]] : [arrows[1], arrows[0]]
    ;(back?.disabled ? on : back)?.focus()
  }
  return (
    <Show when={list().length > 1}>
      <span class="branch" role="group" aria-label={`Versions of this ${props.noun}`}>
        <button
          type="button"
          class="tool"
          aria-label={`Previous ${props.noun}`}
          disabled={at() <= 0}
          onClick={() => go(-1)}
        >
          <Icon name="left" />
        </button>
        <span aria-live="polite">
          {at() + 1}/{list().length}
        </span>
        <button
          type="button"
          class="tool"
          aria-label={`Next ${props.noun}`}
          disabled={at() >= list().length - 1}
          onClick={() => go(1)}
        >
          <Icon name="right" />
        </button>
      </span>
    </Show>
  )
}
