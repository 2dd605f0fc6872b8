import { Show, createSignal } from "solid-js"
import type { SettingsPatch, SettingsView } from "@omnichat/core/protocol/settings"
import { useApp } from "../runtime/context.tsx"
import { AddressField } from "./address-field.tsx"
import { addressOf } from "./addresses.ts"
import { Saving, createSaving } from "./saving.tsx"

/**
 * Address and key of an OpenAI-compatible server. A key that is set is never shown again. Without `first`, what keeps
 * changes is there only when there are some.
 */
export function OpenAiForm(props: { settings: SettingsView; button: string; first?: boolean }) {
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
  const changed = () => address().trim() !== (base().value ?? "") || key().trim() !== ""
  const wrong = () => address().trim() !== "" && addressOf(address()) === undefined
  const forgettable = () => apiKey().set && !apiKey().fixed
  const save = async () => {
    const change = patch()
    if (!change || !(await saving.save(change))) return
    setKey("")
    setAddress(base().value ?? "")
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
          <AddressField
            placeholder="http://127.0.0.1:1234/v1"
            focused={props.first}
            fixed={base().fixed}
            value={address()}
            onInput={setAddress}
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
      <Show when={props.first || changed() || forgettable() || saving.done()}>
        <div class="saving">
          <Show when={props.first || changed()}>
            <button type="submit" class="button" disabled={saving.busy() || patch() === undefined}>
              {props.button}
            </button>
          </Show>
          <Show when={forgettable()}>
            <button
              type="button"
              class="button plain"
              disabled={saving.busy()}
              onClick={() => void saving.save({ openaiApiKey: null })}
            >
              Forget the key
            </button>
          </Show>
          <span role="status">{wrong() ? "This is no address" : saving.done() && !changed() ? "Saved" : ""}</span>
        </div>
      </Show>
      <Saving saving={saving} />
    </form>
  )
}
