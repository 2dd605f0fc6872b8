import { For, Show, createEffect, createMemo, createSignal, on, onCleanup, onMount } from "solid-js"
import { modelName } from "../models/choice.ts"
import type { Conversation } from "../runtime/conversation/conversation.ts"
import type { Turn } from "../runtime/conversation/turn.ts"
import { useApp } from "../runtime/context.tsx"
import { pathTo } from "../runtime/tree.ts"
import type { Acts } from "./acts.ts"
import { Answer } from "./answer.tsx"
import { lastAnswer } from "./desk.ts"
import type { Following, Place } from "./following.ts"
import { Question } from "./question.tsx"
import { around, atEnd, down, drawn, up } from "./range.ts"
import "./turns.css"
import "./trouble.css"

/** The turns drawn at once when a chat is opened, by how many more follow at a time, and how many without being asked. */
const atOnce = 8
const step = 6
const ahead = 30

/** Where readers were in the chats they left. */
const places = new Map<string, Place>()

/** The visible path of a chat, from where it has been read to its end. */
export function Talk(props: {
  conversation: Conversation
  title: string
  acts: Acts
  following: Following
  editing: string | undefined
  onEdit: (key: string | undefined) => void
}) {
  const app = useApp()
  const { state } = props.conversation
  let box!: HTMLDivElement
  let column!: HTMLDivElement
  let top!: HTMLDivElement
  const place = places.get(props.conversation.id)
  props.following.expect(place)
  const path = createMemo(() => pathTo(state, state.leaf))
  const [range, setRange] = createSignal(
    place?.following === false ? around(path(), place.key, atOnce) : atEnd(path(), atOnce),
  )
  const keys = createMemo(() => drawn(path(), range(), atOnce))
  // A branch that shares nothing with what was drawn, or the first turn of all, is where the range begins now.
  createEffect(() => {
    const [first] = keys()
    if (first !== undefined && range().from !== first) setRange({ from: first, to: undefined })
  })
  createEffect(() => {
    if (props.following.following() && range().to !== undefined) setRange(atEnd(path(), atOnce))
  })
  createEffect(() => {
    const next = down(path(), range(), step) ?? (keys().length < ahead ? up(path(), range(), step) : undefined)
    if (!next) return
    onCleanup(requestIdle(() => props.following.keeping(() => setRange(next))))
  })
  onMount(() => {
    props.following.attach(box, column)
    const older = () => {
      const next = up(path(), range(), step)
      if (next) return props.following.keeping(() => setRange(next))
      if (state.older === undefined || state.loadingOlder) return
      // What comes is drawn by the next step. A failure is tried again when one scrolls there again.
      props.conversation.loadOlder().catch(() => undefined)
    }
    const watcher = new IntersectionObserver((entries) => entries.some((entry) => entry.isIntersecting) && older(), {
      root: box,
      rootMargin: "1500px 0px 0px",
    })
    // Watched anew after each step: the top may still be in sight.
    createEffect(
      on([() => state.loadingOlder, () => keys()[0]], () => {
        watcher.unobserve(top)
        watcher.observe(top)
      }),
    )
    onCleanup(() => {
      watcher.disconnect()
      places.set(props.conversation.id, props.following.place())
    })
  })

  const newest = createMemo(() => lastAnswer(state))
  const waits = (turn: Turn) => {
    if (turn.sending === undefined || turn.sending === "refused") return undefined
    if (app.connection.broken) return "Goes out when the connection is back"
    return turn.sending === "queued" ? "Goes out when the answer above is done" : undefined
  }

  /** An answer nobody has been asked for yet. */
  const unasked = (turn: Turn) =>
    app.connection.broken && turn.live !== undefined && state.nodes[turn.parent ?? ""]?.sending !== undefined

  return (
    <div ref={box} class="scroll" tabindex="0" role="region" aria-label="Conversation">
      <div ref={column} class="column talk">
        <h1 class="hidden">{props.title}</h1>
        <div ref={top} class="older" />
        <For each={keys()}>
          {(key) => (
            <Show when={state.nodes[key]}>
              {(turn) => (
                <Show
                  when={turn().role === "assistant"}
                  fallback={
                    <Question
                      turn={turn()}
                      state={state}
                      acts={props.acts}
                      editing={props.editing === key}
                      onEdit={(editing) => props.onEdit(editing ? key : undefined)}
                      waits={waits(turn())}
                    />
                  }
                >
                  <Show when={!unasked(turn())}>
                    <Answer
                      turn={turn()}
                      state={state}
                      acts={props.acts}
                      name={modelName(app.catalogue.state.models, turn().model)}
                      last={key === newest()}
                    />
                  </Show>
                </Show>
              )}
            </Show>
          )}
        </For>
      </div>
    </div>
  )
}

/** Calls the action when there is nothing else to do; gives back what ends that. */
function requestIdle(action: () => void): () => void {
  if (typeof window.requestIdleCallback !== "function") {
    const timer = setTimeout(action, 50)
    return () => clearTimeout(timer)
  }
  const handle = window.requestIdleCallback(action, { timeout: 500 })
  return () => window.cancelIdleCallback(handle)
}
