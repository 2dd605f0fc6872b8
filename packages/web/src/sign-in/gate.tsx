import { createClient } from "@omnichat/client/client"
import type { ClientOptions } from "@omnichat/client/client"
import { Match, Switch, createEffect, createMemo, createSignal, on, onCleanup, untrack } from "solid-js"
import type { JSX } from "solid-js"
import { render } from "solid-js/web"
import type { Account } from "../runtime/account.ts"
import { createKeep, keepPrefix } from "../runtime/keep.ts"
import type { Keep } from "../runtime/keep.ts"
import { solidHolder } from "../runtime/solid-holder.ts"
import { isLetIn } from "./admission.ts"
import { AskAgain } from "./ask-again.tsx"
import { createProvider } from "./provider.ts"
import type { OidcAuth, Person } from "./provider.ts"
import { callbackPath, createSession } from "./session.ts"
import type { Session } from "./session.ts"
import { SignInPage } from "./sign-in-page.tsx"
import { forget, grantKey, keepOf } from "./stored.ts"
import { WaitingPage } from "./waiting-page.tsx"

/** Makes the app of one person. */
export type Open = (options: { keep: Keep; token: NonNullable<ClientOptions["token"]>; account: Account }) => {
  view: () => JSX.Element
  close(): void
}

/** Key under which a person's app keeps that the account was let in. */
const letInKey = "let-in"

/** Shows the app to whom may see it, and to others the way there. */
export function guard(auth: OidcAuth, root: HTMLElement, keep: Keep, open: Open): void {
  const session = createSession({
    auth,
    provider: createProvider(auth),
    keep,
    tabKeep: createKeep(area(() => window.sessionStorage)),
    hold: solidHolder,
    now: Date.now,
    alone: (work) => navigator.locks.request(keepPrefix + grantKey, work),
    page: {
      origin: location.origin,
      leave: (url) => location.assign(url),
      reload: () => location.reload(),
    },
    forget: (person) =>
      forget(
        area(() => window.localStorage),
        keepPrefix,
        person,
      ),
  })
  window.addEventListener("storage", ({ key }) => {
    if (key === null || key === keepPrefix + grantKey) session.look()
  })
  window.addEventListener("pageshow", ({ persisted }) => {
    if (persisted) session.look()
  })
  if (location.pathname === callbackPath) {
    const callback = new URL(location.href)
    // The code is good once, and should be seen by nobody; nor stay in the history.
    history.replaceState(null, "", session.comeBack(callback).back)
  }
  render(() => <Gate session={session} keep={keep} open={open} />, root)
}

function Gate(props: { session: Session; keep: Keep; open: Open }) {
  const { session, keep, open } = props
  const client = createClient({ token: session.token })
  const back = () => location.pathname + location.search + location.hash
  const personId = createMemo(() => (session.state.phase === "out" ? undefined : session.state.person?.id))
  const [letIn, setLetIn] = createSignal<boolean>()

  const look = async (id: string) => {
    const answer = await isLetIn(client)
    if (personId() !== id) return
    const own = keepOf(keep, id)
    if (answer === true) own.write(letInKey, true)
    else if (answer === false) own.remove(letInKey)
    // Whether it is so cannot be known now: the app says what it cannot reach.
    setLetIn(answer ?? letIn() ?? true)
  }
  createEffect(
    on(personId, (id) => {
      setLetIn(id !== undefined && keepOf(keep, id).read(letInKey) === true ? true : undefined)
      if (id !== undefined) void look(id)
    }),
  )
  const account = (): Account => ({
    name: nameOf(session.state.person),
    signOut: () => void session.signOut(),
  })
  const view = createMemo(() => {
    const id = personId()
    if (id === undefined || letIn() !== true) return undefined
    const app = untrack(() => open({ keep: keepOf(keep, id), token: session.token, account: account() }))
    onCleanup(() => app.close())
    return app.view
  })

  return (
    <Switch>
      <Match when={personId() === undefined || letIn() === undefined}>
        <SignInPage session={session} keep={keep} back={back} entering={personId() !== undefined} />
      </Match>
      <Match when={letIn() === false}>
        <WaitingPage
          account={account()}
          keep={keep}
          look={async () => {
            const id = personId()
            // Groups are told in the token: a new one may tell of others.
            await session.renew().catch(() => undefined)
            if (id !== undefined) await look(id)
          }}
        />
      </Match>
      <Match when={view()}>
        {(app) => (
          <>
            <AskAgain session={session} back={back} />
            {app()()}
          </>
        )}
      </Match>
    </Switch>
  )
}

const nameOf = (person: Person | undefined): string => person?.email ?? person?.name ?? "Signed in"

/** Asking for storage can throw where it is forbidden. */
function area(find: () => Storage): Storage | undefined {
  try {
    return find()
  } catch {
    return undefined
  }
}
