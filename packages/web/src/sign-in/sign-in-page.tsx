import { Show, createEffect } from "solid-js"
import type { Keep } from "../runtime/keep.ts"
import { Icon } from "../ui/icon.tsx"
import { Door } from "./door.tsx"
import { wordsOf } from "./problem.ts"
import type { Session } from "./session.ts"

/** Nobody is signed in: what went wrong, if something did, and the one way on. */
export function SignInPage(props: {
  session: Session
  keep: Keep
  back: () => string
  /** Somebody has signed in, and whether they are let in is being found out. */
  entering: boolean
}) {
  const { state } = props.session
  const busy = () => state.busy || props.entering
  const trouble = () => (state.trouble === undefined ? undefined : wordsOf(state.trouble))
  createEffect(() => {
    document.title = "Sign in · OmniChat"
  })
  return (
    <Door keep={props.keep} title="Sign in to OmniChat" lead="A private AI chat that keeps every word.">
      <Show when={trouble()}>
        {(what) => (
          <section class="trouble" role="alert" aria-labelledby="trouble">
            <Icon name="alert" />
            <h2 id="trouble">{what().title}</h2>
            <p>{what().text}</p>
          </section>
        )}
      </Show>
      <div class="choices">
        <button
          type="button"
          class="button strong"
          disabled={busy()}
          onClick={() => void props.session.signIn(props.back())}
        >
          {busy() ? "One moment" : (trouble()?.button ?? "Sign in")}
          <Icon name="go" />
        </button>
      </div>
      <p class="next">
        You go to the sign-in page of this service and come back to where you were. Your password stays there.
      </p>
    </Door>
  )
}
