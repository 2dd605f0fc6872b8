import { createEffect, createSignal, onCleanup, onMount } from "solid-js"
import type { Account } from "../runtime/account.ts"
import type { Keep } from "../runtime/keep.ts"
import { Icon } from "../ui/icon.tsx"
import { Door } from "./door.tsx"

/** How often one looks by oneself, while the page is seen (ms). */
const lookAgain = 60_000

/** There is an account, and nobody has let it in yet. `look` resolves when it is known whether that is still so. */
export function WaitingPage(props: { account: Account; keep: Keep; look: () => Promise<void> }) {
  const [looking, setLooking] = createSignal(false)
  const [looked, setLooked] = createSignal(false)
  const look = async () => {
    if (looking()) return
    setLooking(true)
    await props.look()
    setLooking(false)
    setLooked(true)
  }
  onMount(() => {
    const timer = setInterval(() => {
      if (!document.hidden) void look()
    }, lookAgain)
    onCleanup(() => clearInterval(timer))
  })
  createEffect(() => {
    document.title = "Waiting to be let in · OmniChat"
  })
  return (
    <Door
      keep={props.keep}
      title="Waiting to be let in"
      lead="Your account is there. Whoever runs this service has to let it in before you can chat: ask them, if it takes long."
      foot={
        <>
          Signed in as {props.account.name}.{" "}
          <button type="button" class="link" onClick={() => props.account.signOut()}>
            Sign out
          </button>
        </>
      }
    >
      <div class="choices">
        <button type="button" class="button strong" disabled={looking()} onClick={() => void look()}>
          <Icon name="again" />
          Look again
        </button>
      </div>
      <p class="next" role="status">
        {looking() ? "Looking…" : looked() ? "Not yet. This page looks by itself every minute." : ""}
      </p>
    </Door>
  )
}
