import { Show, createSignal } from "solid-js"
import type { SettingsPatch, SettingsView } from "@omnichat/core/protocol/settings"
import { useApp } from "../runtime/context.tsx"
import { addressOf } from "./addresses.ts"
import { Saving, createSaving } from "./saving.tsx"

/** Address and key of an OpenAI-compatible server. A key that is set is never shown again. */
export function OpenAiForm(props: { settings: SettingsView; button: string; autofocus?: boolean }) {
  const saving = createSaving(useApp())
  const base = () => props.settings.openaiBaseUrl
  const apiKey = () => props.settings.openaiApiKey
  const [address, setAddress] = createSignal(base().value ?? "")
  const [key, setKey] = createSignal("")
  const patch = (): SettingsPatch | undefined => {
    const wanted = address().trim() === "" ? null : addressOf(address())
    if (wanted === undefined) return undefined
    const change: SettingsPatch = {
      ...(!base().fixed && wanted !== base().value && { openaiBaseUrl: wanted }),
      ...(!apiKey().fixed && key().trim() !== "" && { openaiApiKey: key().trim() }),
    }
    return Object.keys(change).length === 0 ? undefined : change
  }
  const save = async () => {
    const change = patch()
    if (change && (await saving.save(change))) setKey("")
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        void save()
      }}
    >
      <div class="fields">
        <label>
          Address
          <input
            class="field"
            type="text"
            inputmode="url"
            autocapitalize="off"
            autocomplete="off"
            spellcheck={false}
            placeholder="http://127.0.0.1:1234/v1"
            autofocus={props.autofocus}
            readOnly={base().fixed}
            value={address()}
            onInput={(event) => setAddress(event.currentTarget.value)}
          />
        </label>
        <label>
          Key, if it asks for one
          <input
            class="field"
            type="password"
            autocomplete="off"
            placeholder={apiKey().set ? "Set" : ""}
            readOnly={apiKey().fixed}
            value={key()}
            onInput={(event) => setKey(event.currentTarget.value)}
          />
        </label>
      </div>
      <Show when={!base().fixed || !apiKey().fixed}>
        <div class="saving">
          <button type="submit" class="button" disabled={saving.busy() || patch() === undefined}>
            {props.button}
          </button>
          <Show when={apiKey().set && !apiKey().fixed}>
            <button
              type="button"
              class="button plain"
              disabled={saving.busy()}
              onClick={() => void saving.save({ openaiApiKey: null })}
            >
              Forget the key
            </button>
          </Show>
          <Show when={saving.done()}>
            <span role="status">Saved</span>
          </Show>
        </div>
      </Show>
      <Saving saving={saving} />
    </form>
  )
}
