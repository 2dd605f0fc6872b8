import type { PoolServer } from "@omnichat/core/protocol/pool"
import { Index, Match, Show, Switch, createMemo } from "solid-js"
import { serverRow } from "./rows.ts"
import type { Meter } from "./rows.ts"

/** One server: how it is, how busy, and what it has in memory. */
export function Server(props: { server: PoolServer }) {
  const row = createMemo(() => serverRow(props.server))
  return (
    <li class="machine">
      <div class="head">
        <span class={`dot ${row().mark}`} />
        <h2>{row().name}</h2>
        <Show when={row().kind}>
          <span class="kind">{row().kind}</span>
        </Show>
        <span class="state">{row().state}</span>
      </div>
      <Show when={row().note}>
        <p class="note">{row().note}</p>
      </Show>
      <ul class="facts">
        <Index each={row().meters}>{(meter) => <MeterLine meter={meter()} />}</Index>
        <Show when={row().price}>
          <li>
            <span class="label">Costs</span>
            <span class="text">{row().price}</span>
          </li>
        </Show>
      </ul>
      <Show when={row().loading}>
        {(loading) => (
          <div class="loads">
            <p>
              <span>{loading().label}</span>
              <span class="text">{loading().text}</span>
            </p>
            <div
              class="progress"
              role="progressbar"
              aria-label={loading().label}
              aria-valuenow={loading().share === undefined ? undefined : Math.floor((loading().share ?? 0) * 100)}
            >
              <i style={{ width: `${(loading().share ?? 0) * 100}%` }} />
            </div>
          </div>
        )}
      </Show>
      <Show when={row().models.length > 0}>
        <ul class="loaded" aria-label={`In the memory of ${row().name}`}>
          <Index each={row().models}>
            {(model) => (
              <li>
                <span class="name">{model().name}</span>
                <span class="text">{model().facts}</span>
              </li>
            )}
          </Index>
        </ul>
      </Show>
    </li>
  )
}

function MeterLine(props: { meter: Meter }) {
  return (
    <li>
      <span class="label">{props.meter.label}</span>
      <Switch>
        <Match when={props.meter.places}>
          {(places) => (
            <span class="places" aria-hidden="true">
              <Index each={Array.from({ length: places().all })}>
                {(_, index) => <i classList={{ taken: index < places().taken }} />}
              </Index>
            </span>
          )}
        </Match>
        <Match when={props.meter.share !== undefined}>
          <span class="gauge" aria-hidden="true">
            <i style={{ width: `${(props.meter.share ?? 0) * 100}%` }} />
          </span>
        </Match>
      </Switch>
      <span class="text">{props.meter.text}</span>
    </li>
  )
}
