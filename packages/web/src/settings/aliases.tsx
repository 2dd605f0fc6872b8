import { For } from "solid-js"
import type { ModelSummary } from "@omnichat/core/protocol/http"
import type { AliasView } from "@omnichat/core/protocol/settings"
import { aliasRows } from "./alias-rows.ts"

/** Names that stand for several models. The environment gives them, so there is nothing to set here. */
export function Aliases(props: { aliases: AliasView[]; models: ModelSummary[] }) {
  return (
    <div class="setting">
      <div class="wide">
        <h3>One name for several models</h3>
        <p class="note">
          Asked in this order: the next one when one is not there, fails before its first word, or would keep you
          waiting. Set by <code>OMNICHAT_ALIASES</code>.
        </p>
      </div>
      <ul class="wide aliases">
        <For each={aliasRows(props.aliases, props.models)}>
          {(alias) => (
            <li>
              <h4>{alias.name}</h4>
              <ol class="servers" aria-label={`Behind ${alias.name}`}>
                <For each={alias.targets}>
                  {(target) => (
                    <li class="server">
                      <span class="dot" classList={{ good: target.isThere }} />
                      <span class="address">
                        {target.name} <span class="from">{target.from}</span>
                      </span>
                      <span class="tells">{target.note}</span>
                    </li>
                  )}
                </For>
              </ol>
            </li>
          )}
        </For>
      </ul>
    </div>
  )
}
