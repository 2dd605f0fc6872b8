import { useLocation, useNavigate } from "@solidjs/router"
import type { RouteSectionProps } from "@solidjs/router"
import { Show, Suspense, createEffect, createMemo, lazy, on, onCleanup, onMount } from "solid-js"
import { useApp } from "../runtime/context.tsx"
import { chatIn } from "./address.ts"
import { Announcer } from "./announcer.tsx"
import { fetchLater } from "./later.ts"
import { commandOf } from "./keyboard.ts"
import { NoticeBar } from "./notice.tsx"
import { Sidebar } from "./sidebar.tsx"
import { narrow, useStage } from "./stage.tsx"
import "./tokens.css"
import "./base.css"
import "../ui/ui.css"
import "./shell.css"

const Palette = lazy(() => import("../search/palette.tsx"))
const Picker = lazy(() => import("../models/picker.tsx"))
const ShortcutsSheet = lazy(() => import("./shortcuts-sheet.tsx"))

/** The frame around every screen: the chat list, what lies over the page, and the keys that work everywhere. */
export function Shell(props: RouteSectionProps) {
  const app = useApp()
  const stage = useStage()
  const location = useLocation()
  const navigate = useNavigate()
  const current = createMemo(() => chatIn(location.pathname))
  const framed = () => location.pathname !== "/start"

  const onKeyDown = (event: KeyboardEvent) => {
    const { key, ctrlKey, metaKey, shiftKey, altKey, isComposing, defaultPrevented } = event
    const target = event.target as Element | null
    const typing = target?.closest("input, textarea, select, [contenteditable]") !== null
    const covered = document.querySelector("dialog[open], :popover-open") !== null || stage.state.sheet
    const press = { key, ctrlKey, metaKey, shiftKey, altKey, isComposing, defaultPrevented, typing, covered }
    const command = commandOf(press)
    if (!command) return
    if (command === "stop") {
      if (stage.actions.stop?.()) event.preventDefault()
      return
    }
    event.preventDefault()
    if (command === "new-chat") navigate("/")
    else if (command === "palette") stage.set({ overlay: stage.state.overlay === "palette" ? undefined : "palette" })
    else stage.set({ overlay: "shortcuts" })
  }
  createEffect(() => {
    // Until there is a model nobody can write, and nothing should come before it.
    const { phase, looked } = app.catalogue.state
    if (phase !== "loading" && looked) fetchLater()
  })
  const leave = () => app.removal.flush()
  onMount(() => {
    window.addEventListener("keydown", onKeyDown)
    window.addEventListener("pagehide", leave)
    onCleanup(() => {
      window.removeEventListener("keydown", onKeyDown)
      window.removeEventListener("pagehide", leave)
    })
  })
  // On a phone the sheet takes the focus and gives it back.
  createEffect(
    on(
      () => stage.state.sheet && narrow(),
      (open) => {
        const place = open ? ".sidebar [aria-label^=Close]" : "[aria-label^='Open the chat list']"
        document.querySelector<HTMLElement>(place)?.focus()
      },
      { defer: true },
    ),
  )

  return (
    <>
      <Show when={framed()} fallback={<Suspense>{props.children}</Suspense>}>
        <div class="app" classList={{ folded: stage.state.folded, "sheet-open": stage.state.sheet }}>
          <a
            class="skip button strong"
            href="#main"
            onClick={(event) => {
              event.preventDefault()
              const field = document.querySelector<HTMLElement>("#message")
              // A chat that is not here has no place to write.
              const target = field?.checkVisibility() ? field : document.querySelector<HTMLElement>("#main")
              target?.focus()
            }}
          >
            Skip the chat list
          </a>
          <Sidebar current={current()} />
          <button
            type="button"
            class="sheet-scrim"
            tabIndex={-1}
            aria-hidden="true"
            onClick={() => stage.set({ sheet: false })}
          />
          <main class="main" id="main" tabindex="-1" inert={stage.state.sheet}>
            <Suspense>{props.children}</Suspense>
          </main>
        </div>
      </Show>
      <Suspense>
        <Show when={stage.state.overlay === "palette"}>
          <Palette onClose={() => stage.set({ overlay: undefined })} />
        </Show>
        <Show when={stage.state.overlay === "shortcuts"}>
          <ShortcutsSheet onClose={() => stage.set({ overlay: undefined })} />
        </Show>
        <Show when={stage.state.pick} keyed>
          {(request) => <Picker request={request} onClose={() => stage.set({ pick: undefined })} />}
        </Show>
      </Suspense>
      <NoticeBar notice={app.notices.state.notice} />
      <Announcer />
    </>
  )
}
