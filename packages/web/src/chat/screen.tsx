import { useLocation, useNavigate } from "@solidjs/router"
import { Match, Show, Switch, createEffect, createMemo, createSignal, on, onCleanup, onMount, untrack } from "solid-js"
import { hasRealModel } from "../models/choice.ts"
import { useApp } from "../runtime/context.tsx"
import { answering } from "../runtime/conversation/conversation.ts"
import type { Conversation } from "../runtime/conversation/conversation.ts"
import { chatIn } from "../shell/address.ts"
import { useStage } from "../shell/stage.tsx"
import { isGlass } from "../ui/glass.ts"
import { Icon } from "../ui/icon.tsx"
import { createActs } from "./acts.ts"
import type { Acts } from "./acts.ts"
import { ChatBar } from "./bar.tsx"
import { Begin } from "./begin.tsx"
import { Blank } from "./blank.tsx"
import { Composer } from "./composer.tsx"
import { composingIn } from "./composings.ts"
import { lastAnswer, lastQuestion, modelAt, wishFor } from "./desk.ts"
import { createDropping } from "./dropping.ts"
import { createFollowing } from "./following.ts"
import { Talk } from "./talk.tsx"
import { createVisit } from "./visit.ts"

/** A chat: the one in the address, or the one that is about to begin. */
export function ChatScreen() {
  const app = useApp()
  const stage = useStage()
  const navigate = useNavigate()
  const location = useLocation()
  const id = createMemo(() => chatIn(location.pathname))
  const place = () => id() ?? "new"
  const conversation = createMemo(() => {
    const open = id()
    return untrack(() => (open ? app.open(open) : (app.leave(), undefined)))
  })
  const model = createMemo(() => modelAt(app, place(), conversation()))
  const composing = createMemo(() => {
    const at = place()
    return untrack(() => composingIn(app, at))
  })
  const following = createFollowing()
  const field = () => document.querySelector<HTMLTextAreaElement>("#message")
  const dropping = createDropping((files) => composing().attach(files))
  createVisit(app, field)
  const [editing, setEditing] = createSignal<string>()
  const temporary = () => conversation()?.state.temporary ?? (place() === "new" && stage.state.temporary)
  const title = () => {
    const open = id()
    return (open && app.list.state.chats[open]?.title) || (open ? "Chat" : "New chat")
  }
  const running = createMemo(() => {
    const open = conversation()
    return open && answering(open.state)
  })

  createEffect(() => {
    document.title = `${title()} · OmniChat`
  })
  createEffect(on(id, () => setEditing(undefined)))
  // Nothing to talk to, and nothing that was said: the first start.
  createEffect(() => {
    const { state } = app.catalogue
    const empty = app.list.state.phase === "ready" && app.list.state.order.length === 0
    if (app.account || id() || state.phase !== "ready" || !empty || hasRealModel(state.models)) return
    if (state.settings?.demo.value !== true) navigate("/start", { replace: true })
  })

  // Before the chat is read nobody knows what a message would follow.
  const sendable = () => (conversation()?.state.phase ?? "ready") === "ready"
  const send = () => {
    const chosen = model()
    if (!chosen || !composing().ready() || !sendable()) return
    const wish = wishFor(app, chosen.id, temporary())
    const content = composing().take()
    const open = conversation()
    following.toEnd()
    if (open) return open.send(content, wish)
    const begun = app.begin(content, wish)
    app.catalogue.settle(begun)
    stage.set({ temporary: false })
    navigate(`/chat/${begun}`)
  }
  const stop = () => {
    const key = running()
    if (key !== undefined) conversation()?.stop(key)
    return key !== undefined
  }
  const editLast = () => {
    const open = conversation()
    const key = open && lastQuestion(open.state)
    if (key !== undefined) setEditing(key)
    return key !== undefined
  }
  const actsOf = (open: Conversation) =>
    createActs({
      app,
      stage,
      conversation: open,
      composing,
      asked: () => {
        following.toEnd()
        if (!isGlass()) field()?.focus()
      },
    })
  onMount(() => {
    /** Undefined while there is no finished answer. */
    const onLast = (action: (acts: Acts, key: string) => void) => {
      const open = conversation()
      const key = open && lastAnswer(open.state)
      if (open === undefined || key === undefined || open.state.nodes[key]?.status === "running") return undefined
      return () => action(actsOf(open), key)
    }
    stage.actions = {
      stop,
      editLast,
      get again() {
        return onLast((acts, key) => acts.again(key))
      },
      get againWith() {
        return onLast((acts, key) => acts.againWith(key, undefined))
      },
    }
    onCleanup(() => (stage.actions = {}))
  })

  return (
    <>
      <ChatBar place={place()} model={model()} temporary={temporary()} />
      <Show
        when={conversation()}
        keyed
        fallback={
          <Begin
            temporary={temporary()}
            onIdea={(words) => {
              composing().write(words + composing().state.text)
              field()?.focus()
              field()?.setSelectionRange(words.length, words.length)
            }}
          />
        }
      >
        {(open) => (
          <Switch>
            <Match when={open.state.phase === "ready"}>
              <Talk
                conversation={open}
                title={title()}
                acts={actsOf(open)}
                following={following}
                editing={editing()}
                onEdit={setEditing}
              />
            </Match>
            <Match when={true}>
              <Blank conversation={open} />
            </Match>
          </Switch>
        )}
      </Show>
      <div class="write" hidden={conversation()?.state.phase === "missing"}>
        <Show when={app.connection.broken}>
          <div class="thin">
            <p class="column" role="status">
              <span class="dot alive" />
              Reconnecting…
            </p>
          </div>
        </Show>
        <Show when={conversation() && !following.following()}>
          <button type="button" class="latest" aria-label="To the latest words" onClick={() => following.toEnd()}>
            <Icon name="tail" />
          </button>
        </Show>
        <div class="column">
          <Composer
            composing={composing()}
            model={model()}
            unread={!sendable()}
            dropping={dropping()}
            reply={conversation() !== undefined}
            answering={running() !== undefined}
            onSend={send}
            onStop={stop}
            onUp={editLast}
          />
        </div>
      </div>
    </>
  )
}
