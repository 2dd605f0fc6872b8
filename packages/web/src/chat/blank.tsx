import { Match, Show, Switch, createSignal, onCleanup } from "solid-js"
import type { Conversation } from "../runtime/conversation/conversation.ts"
import "./trouble.css"

/** Reading shorter than this (ms) needs no word. */
const patience = 400

/** In the place of a chat that is not here: being read, gone, or out of reach. */
export function Blank(props: { conversation: Conversation }) {
  const [late, setLate] = createSignal(false)
  const timer = setTimeout(() => setLate(true), patience)
  onCleanup(() => clearTimeout(timer))
  const phase = () => props.conversation.state.phase
  return (
    <div class="scroll" tabindex="0" role="region" aria-label="Conversation">
      <div class="column blank">
        <Switch>
          <Match when={phase() === "loading"}>
            <Show when={late()}>
              <p class="aside" role="status">
                <span class="dot alive" />
                Reading the chat
              </p>
            </Show>
          </Match>
          <Match when={phase() === "missing"}>
            <h1>This chat is not here</h1>
            <p>It was deleted, or its address has changed on the way.</p>
            <a class="button strong" href="/">
              New chat
            </a>
          </Match>
          <Match when={phase() === "failed"}>
            <h1>The chat could not be read</h1>
            <p>{props.conversation.state.problem}</p>
            <button type="button" class="button strong" onClick={() => void props.conversation.load()}>
              Try again
            </button>
          </Match>
        </Switch>
      </div>
    </div>
  )
}
