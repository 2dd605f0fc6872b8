import { Show } from "solid-js"
import type { SettingsView, Source } from "@omnichat/core/protocol/settings"
import { stateOf } from "./source-state.ts"
import { OpenAiForm } from "./openai-form.tsx"

/** A server that speaks OpenAI's API: its address and key. */
export function OpenAiServer(props: { settings: SettingsView; sources: Source[] }) {
  const source = () => props.sources.find(({ provider }) => provider === "openai")
  const state = () => stateOf(source() ?? { provider: "openai", state: "unset", models: [] })
  const fixed = () =>
    [
      props.settings.openaiBaseUrl.fixed && "OPENAI_BASE_URL",
      props.settings.openaiApiKey.fixed && "OPENAI_API_KEY",
    ].filter((name) => name !== false)
  return (
    <div class="setting">
      <div>
        <h3>OpenAI-compatible server</h3>
        <p class="note">
          LM Studio, llama.cpp, vLLM and others.
          <Show when={fixed().length > 0}>
            {" "}
            Set by <code>{fixed().join(", ")}</code>.
          </Show>
        </p>
      </div>
      <span class="server-state note" title={source()?.error}>
        <Show when={state().text !== "Not set"}>{state().text}</Show>
      </span>
      <div class="wide">
        <OpenAiForm settings={props.settings} button="Save" />
        <Show when={source()?.error}>
          <p class="problem">{source()?.error}</p>
        </Show>
      </div>
    </div>
  )
}
