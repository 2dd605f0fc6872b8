import { Show } from "solid-js"
import { wordsOf } from "./problem.ts"
import type { Session } from "./session.ts"

/** Above the app, which stays as it is: the session has ended or cannot be renewed, and what to do. */
export function AskAgain(props: { session: Session; back: () => string }) {
  const { state } = props.session
  const goOn = () => {
    if (state.phase === "ended") return void props.session.signIn(props.back())
    props.session.renew().catch(() => undefined) // the state tells
  }
  return (
    <div role="alert">
      <Show when={state.trouble}>
        {(kind) => (
          <div class="again">
            <p>
              <b>{wordsOf(kind()).title}</b>
              {wordsOf(kind()).text}
            </p>
            <button type="button" class="button strong" disabled={state.busy} onClick={goOn}>
              {wordsOf(kind()).button}
            </button>
          </div>
        )}
      </Show>
    </div>
  )
}
