import { For, Match, Show, Switch, createMemo, createSignal, untrack } from "solid-js"
import type { Part } from "@omnichat/core/protocol/part"
import type { ConversationState } from "../runtime/conversation/talk.ts"
import type { Turn } from "../runtime/conversation/turn.ts"
import { hasWords } from "../runtime/conversation/turn.ts"
import { Markdown } from "../markdown/markdown.tsx"
import { CopyButton } from "../ui/copy-button.tsx"
import { Icon } from "../ui/icon.tsx"
import { createSeconds } from "../ui/seconds.ts"
import type { Acts } from "./acts.ts"
import { Branches } from "./branches.tsx"
import { FaultBox } from "./fault-box.tsx"
import { faultOf } from "./fault.ts"
import type { Way } from "./fault.ts"
import { metaOf } from "./meta.ts"
import { createReading } from "./read-out.ts"
import { SentFiles } from "./sent-files.tsx"
import { Sources } from "./sources.tsx"
import { Thought } from "./thought.tsx"
import { Wait } from "./wait.tsx"

/** What a model says: its thoughts folded, its words, and under them what one can do with them. */
export function Answer(props: {
  turn: Turn
  state: ConversationState
  acts: Acts
  /** The model's name. */
  name: string
  /** The end of the visible path: what is read out. */
  last: boolean
}) {
  const running = () => props.turn.status === "running"
  const words = createMemo(() => hasWords(props.turn.parts))
  const second = createSeconds(running)
  // While words arrive the count moves on once a second: a line that changes with each of them would be drawn with each.
  const meta = createMemo(() => {
    if (!running()) return metaOf(props.turn, props.name)
    second()
    return untrack(() => metaOf(props.turn, props.name))
  })
  const broken = () => props.turn.status !== "complete" && !running()
  /** What the box that tells of the trouble offers is not offered again below it. */
  const offered = (way: Way) => faultOf(props.turn, props.name)?.ways.includes(way) ?? false
  const resumable = () => broken() && words() && props.turn.id !== undefined
  /** What told of the wait was this high: the words begin in its room, and nothing above them moves. */
  const [room, setRoom] = createSignal<number>()
  let article!: HTMLElement
  createReading(
    () => props.turn,
    () => props.name,
    () => props.last,
  )

  return (
    <article
      ref={article}
      class="turn answer"
      style={{ "min-height": props.last && room() !== undefined ? `${room()}px` : undefined }}
      data-key={props.turn.key}
      aria-label={`Answer from ${props.name}`}
      aria-busy={running()}
    >
      <For each={props.turn.parts}>{(part) => <PartView part={part} turn={props.turn} />}</For>
      <Show when={running() && !words()}>
        <Wait
          turn={props.turn}
          name={props.name}
          acts={props.acts}
          temporary={props.state.temporary === true}
          last={props.last}
          onOver={() => setRoom(article.offsetHeight)}
        />
      </Show>
      <Show when={props.turn.status === "complete" && !words()}>
        <p class="aside">The model had nothing to say.</p>
      </Show>
      <SentFiles parts={props.turn.parts} />
      <Sources parts={props.turn.parts} />
      <FaultBox turn={props.turn} name={props.name} acts={props.acts} urgent={props.last} />
      <div class="under">
        <Show when={!running()}>
          <Show when={words()}>
            <CopyButton class="act" label="Copy the answer" text={() => props.acts.copyOf(props.turn.key)} />
          </Show>
          <Show when={!offered("retry")}>
            <button
              type="button"
              class="tool act"
              aria-label="Answer again"
              onClick={() => props.acts.again(props.turn.key)}
            >
              <Icon name="again" />
            </button>
          </Show>
          <Show when={!offered("model")}>
            <button
              type="button"
              class="tool act"
              aria-label="Answer with another model"
              onClick={(event) => props.acts.againWith(props.turn.key, event.currentTarget.getBoundingClientRect())}
            >
              <Icon name="swap" />
            </button>
          </Show>
        </Show>
        <Branches state={props.state} turn={props.turn.key} noun="answer" onChoose={props.acts.choose} />
        <Show when={resumable() && props.turn.status === "stopped"}>
          <button type="button" class="button plain" onClick={() => props.acts.goOn(props.turn.key)}>
            Continue
          </button>
        </Show>
        <p class="meta">
          <For each={meta()}>
            {(item, index) => (
              <>
                <Show when={index() > 0}>
                  <i>·</i>
                </Show>
                {item}
              </>
            )}
          </For>
        </p>
      </div>
    </article>
  )
}

function PartView(props: { part: Part; turn: Turn }) {
  const streaming = () => props.turn.live !== undefined && !props.turn.stopping
  return (
    <Switch>
      <Match when={props.part.type === "text" && props.part} keyed>
        {(part) => <Markdown text={() => part.text} streaming={() => streaming() && part.state === "streaming"} />}
      </Match>
      <Match when={props.part.type === "reasoning" && props.part} keyed>
        {(part) => <Thought part={part} turn={props.turn} />}
      </Match>
      <Match when={props.part.type === "dynamic-tool" && props.part} keyed>
        {(part) => (
          <p class="aside">
            <Icon name="tool" small />
            {part.toolName}
            <Show when={part.errorText}>: {part.errorText}</Show>
          </p>
        )}
      </Match>
    </Switch>
  )
}
