import type { SettingsPatch } from "@omnichat/core/protocol/settings"
import { Show, createSignal } from "solid-js"
import type { App } from "../runtime/app.ts"

/** Changes settings and knows how that went. */
export type SavingState = {
  busy: () => boolean
  problem: () => string | undefined
  done: () => boolean
  /** Resolves with whether it was kept. */
  save: (patch: SettingsPatch) => Promise<boolean>
}

export function createSaving(app: App): SavingState {
  const [busy, setBusy] = createSignal(false)
  const [problem, setProblem] = createSignal<string>()
  const [done, setDone] = createSignal(false)
  return {
    busy,
    problem,
    done,
    async save(patch) {
      setBusy(true)
      setDone(false)
      setProblem(undefined)
      try {
        await app.catalogue.set(patch)
        setDone(true)
        return true
      } catch (error) {
        setProblem(error instanceof Error ? error.message : String(error))
        return false
      } finally {
        setBusy(false)
      }
    },
  }
}

/** What went wrong with a change; when it went well there is nothing to say but that. */
export function Saving(props: { saving: SavingState }) {
  return (
    <div role="status">
      <Show when={props.saving.problem()}>
        <p class="setting problem">{props.saving.problem()}</p>
      </Show>
    </div>
  )
}
