import { Show, createSignal } from "solid-js"
import { contentOf } from "../runtime/conversation/send.ts"
import type { ConversationState } from "../runtime/conversation/talk.ts"
import type { Turn } from "../runtime/conversation/turn.ts"
import { textOf } from "../runtime/conversation/turn.ts"
import { CopyButton } from "../ui/copy-button.tsx"
import { Icon } from "../ui/icon.tsx"
import type { Acts } from "./acts.ts"
import { Branches } from "./branches.tsx"
import { Rewrite } from "./rewrite.tsx"
import { SentFiles } from "./sent-files.tsx"

/** Longer messages are folded, or one paste would hide the conversation. */
const long = { characters: 1800, lines: 18 }

/** What the reader has asked. */
export function Question(props: {
  turn: Turn
  state: ConversationState
  acts: Acts
  editing: boolean
  onEdit: (editing: boolean) => void
  /** Why an unconfirmed message has not gone out; undefined while that is nobody's worry. */
  waits: string | undefined
}) {
  let root!: HTMLDivElement
  const [open, setOpen] = createSignal(false)
  const text = () => textOf(props.turn.parts)
  const isLong = () => text().length > long.characters || text().split("\n", long.lines + 1).length > long.lines
  const unsent = () => props.turn.sending === "refused" || props.waits !== undefined

  return (
    <div
      ref={root}
      class="turn ask"
      classList={{ unsent: unsent() }}
      role="group"
      aria-label="Your message"
      data-key={props.turn.key}
    >
      <Show
        when={!props.editing}
        fallback={
          <Rewrite
            of={props.turn.key}
            content={contentOf(props.turn.parts)}
            onCancel={() => {
              props.onEdit(false)
              root.querySelector<HTMLElement>("[aria-label^=Edit]")?.focus()
            }}
            onSend={(content) => {
              props.onEdit(false)
              props.acts.edit(props.turn.key, content)
            }}
          />
        }
      >
        <SentFiles parts={props.turn.parts} />
        <div class="said">
          <Show when={text() !== ""}>
            <div class="bubble" classList={{ long: isLong() && !open() }}>
              {text()}
            </div>
          </Show>
          <Branches state={props.state} turn={props.turn.key} noun="question" onChoose={props.acts.choose} />
          <div class="acts">
            <CopyButton label="Copy your message" text={text} />
            <button type="button" class="tool" aria-label="Edit your message" onClick={() => props.onEdit(true)}>
              <Icon name="edit" />
            </button>
            <Show when={props.turn.sending === "queued" || props.turn.sending === "refused"}>
              <button
                type="button"
                class="tool"
                aria-label="Take your message back"
                onClick={() => props.acts.takeBack(props.turn.key)}
              >
                <Icon name="close" />
              </button>
            </Show>
          </div>
        </div>
        <Show when={isLong()}>
          <button type="button" class="button plain more" aria-expanded={open()} onClick={() => setOpen(!open())}>
            {open() ? "Show less" : "Show all"}
          </button>
        </Show>
        <Show when={props.waits}>
          <span class="state">
            <Icon name="clock" small />
            {props.waits}
          </span>
        </Show>
      </Show>
    </div>
  )
}
