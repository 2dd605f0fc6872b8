import { For, Show, createSignal } from "solid-js"
import type { Setting, Source } from "@omnichat/core/protocol/settings"
import { useApp } from "../runtime/context.tsx"
import { Icon } from "../ui/icon.tsx"
import { AddressField } from "./address-field.tsx"
import { addressOf } from "./addresses.ts"
import { Saving, createSaving } from "./saving.tsx"
import { stateOf } from "./source-state.ts"

/** The Ollama servers: each with what is known of it right now. */
export function OllamaServers(props: { setting: Setting<string[]>; sources: Source[] }) {
  const saving = createSaving(useApp())
  const [text, setText] = createSignal("")
  const sourceOf = (address: string) =>
    props.sources.find((source) => source.provider === "ollama" && source.address === address)
  const add = async () => {
    const address = addressOf(text())
    if (address === undefined) return
    const others = props.setting.value.filter((url) => url !== address)
    if (await saving.save({ ollamaUrls: [...others, address] })) setText("")
  }
  return (
    <div class="setting">
      <div class="wide">
        <h3>Ollama</h3>
        <p class="note">
          The servers whose models you can talk to.
          <Show when={props.setting.fixed}>
            {" "}
            Set by <code>OLLAMA_URLS</code>.
          </Show>
        </p>
      </div>
      <div class="wide">
        <ul class="servers">
          <For each={props.setting.value}>
            {(address) => {
              const state = () => stateOf(sourceOf(address))
              return (
                <li class="server">
                  <span class={`dot ${state().mark}`} />
                  <span class="address">{address}</span>
                  <span class="tells" title={sourceOf(address)?.error}>
                    {state().text}
                  </span>
                  <Show when={!props.setting.fixed}>
                    <button
                      type="button"
                      class="tool"
                      aria-label={`Remove ${address}`}
                      disabled={saving.busy()}
                      onClick={() =>
                        void saving.save({ ollamaUrls: props.setting.value.filter((url) => url !== address) })
                      }
                    >
                      <Icon name="close" />
                    </button>
                  </Show>
                </li>
              )
            }}
          </For>
        </ul>
        <Show when={!props.setting.fixed}>
          <form
            class="adding"
            onSubmit={(event) => {
              event.preventDefault()
              void add()
            }}
          >
            <AddressField
              label="Address of another Ollama"
              placeholder="http://192.168.1.20:11434"
              value={text()}
              onInput={setText}
            />
            <button type="submit" class="button" disabled={saving.busy() || addressOf(text()) === undefined}>
              Add
            </button>
          </form>
        </Show>
        <Saving saving={saving} />
      </div>
    </div>
  )
}
