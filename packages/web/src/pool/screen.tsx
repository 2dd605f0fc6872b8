import { Index, Match, Show, Switch, createEffect, createMemo, onCleanup } from "solid-js"
import type { PoolView } from "@omnichat/core/protocol/pool"
import { useApp } from "../runtime/context.tsx"
import { solidHolder } from "../runtime/solid-holder.ts"
import { Bar } from "../shell/bar.tsx"
import { Icon } from "../ui/icon.tsx"
import { createSeconds } from "../ui/seconds.ts"
import { age } from "./amounts.ts"
import { failureRow, startRow, summaryOf, waitingRow } from "./rows.ts"
import { Server } from "./server.tsx"
import { watchPool } from "./watch.ts"
import "./pool.css"

/** How the servers for open models are doing, for who runs the service. */
export default function PoolScreen() {
  const app = useApp()
  const { state, close } = watchPool({
    read: app.pool,
    hold: solidHolder,
    now: Date.now,
    after(ms, action) {
      const timer = setTimeout(action, ms)
      return () => clearTimeout(timer)
    },
    page: {
      hidden: () => document.hidden,
      onVisibility(listener) {
        document.addEventListener("visibilitychange", listener)
        return () => document.removeEventListener("visibilitychange", listener)
      },
    },
  })
  onCleanup(close)
  const now = createSeconds(() => true)
  const passed = () => Math.max(0, now() - state.readAt)
  const stale = () => state.view !== undefined && state.problem !== undefined
  createEffect(() => {
    document.title = "Servers · OmniChat"
  })

  return (
    <>
      <Bar>
        <h1 class="title">Servers</h1>
      </Bar>
      <div class="scroll" tabindex="0" role="region" aria-label="Servers">
        <div class="column pool" classList={{ stale: stale() }}>
          <Switch>
            <Match when={state.phase === "none"}>
              <p class="lead">{state.problem}</p>
            </Match>
            <Match when={state.view}>{(view) => <View view={view()} passed={passed()} />}</Match>
            <Match when={state.problem}>
              <p class="lead">The servers could not be asked. It is tried again every other second.</p>
            </Match>
          </Switch>
          <p class="age" role="status">
            <Show when={stale()}>
              <Icon name="alert" small />
              Nobody has answered for {age(passed())}; this is how it was.
            </Show>
          </p>
        </div>
      </div>
    </>
  )
}

function View(props: { view: PoolView; passed: number }) {
  const start = createMemo(() => props.view.scale && startRow(props.view.scale, props.view.at, props.passed))
  const failure = createMemo(() => props.view.scale && failureRow(props.view.scale, props.view.at, props.passed))
  return (
    <>
      <p class="lead number">{summaryOf(props.view).join(" · ")}</p>
      <Show when={failure()}>
        {(failed) => (
          <section class="failed" aria-label="The last start failed">
            <Icon name="alert" />
            <h2>The last start failed</h2>
            <span class="when">{failed().age}</span>
            <p>{failed().text}</p>
          </section>
        )}
      </Show>
      <section>
        <ul class="machines">
          <Show when={start()}>
            {(row) => (
              <li class="machine">
                <div class="head">
                  <span class="dot alive" />
                  <h2>A server is being started</h2>
                  <span class="state">{row().text}</span>
                </div>
                <div
                  class="progress"
                  role="progressbar"
                  aria-label="A server is being started"
                  aria-valuenow={Math.floor(row().share * 100)}
                >
                  <i style={{ width: `${row().share * 100}%` }} />
                </div>
              </li>
            )}
          </Show>
          <Index each={props.view.servers}>{(server) => <Server server={server()} />}</Index>
        </ul>
        <Show when={props.view.servers.length === 0 && !start()}>
          <Empty scales={props.view.scale !== undefined} />
        </Show>
      </section>
      <section aria-labelledby="line">
        <h2 id="line">In line</h2>
        <Show when={props.view.waiting.length > 0} fallback={<p class="note">Nobody waits.</p>}>
          <ol class="line">
            <Index each={props.view.waiting}>
              {(waiting) => {
                const row = () => waitingRow(waiting(), props.view.at, props.passed)
                return (
                  <li>
                    <span class="place">{row().position}</span>
                    <span class="name">{row().model}</span>
                    <span class="why">{row().reason}</span>
                    <span class="time">{row().time}</span>
                  </li>
                )
              }}
            </Index>
          </ol>
        </Show>
      </section>
    </>
  )
}

/** What to do when there is none. */
function Empty(props: { scales: boolean }) {
  return (
    <Show
      when={props.scales}
      fallback={
        <div class="empty">
          <h2>No Ollama server is known</h2>
          <p>
            Name one and its models can be talked to; of two or more each question goes to the one that is soonest done.
          </p>
          <a class="button strong" href="/settings">
            Add one in Settings
          </a>
        </div>
      }
    >
      <div class="empty">
        <h2>Nothing runs, so nothing costs</h2>
        <p>
          The first question to a model of the pool starts a server; who asks sees it start. After a while without
          questions it goes again.
        </p>
      </div>
    </Show>
  )
}
