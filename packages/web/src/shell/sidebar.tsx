import { useLocation } from "@solidjs/router"
import type { ChatId } from "@omnichat/core/protocol/id"
import { Show } from "solid-js"
import { ChatListView } from "../chats/list.tsx"
import { useApp } from "../runtime/context.tsx"
import { Icon } from "../ui/icon.tsx"
import { AccountRow } from "./account-row.tsx"
import { isApple } from "./keyboard.ts"
import { useStage } from "./stage.tsx"
import { Wordmark } from "./wordmark.tsx"

/** The chats and the ways to everything else; on a phone a sheet that comes from the left. */
export function Sidebar(props: { current: ChatId | undefined }) {
  const app = useApp()
  const stage = useStage()
  const location = useLocation()
  const close = () => stage.set({ sheet: false })
  const settingsCurrent = () => {
    if (location.pathname === "/settings") return "page"
    return location.pathname === "/servers" ? "true" : undefined
  }
  const keys = (letter: string) => (isApple ? `⌘ ${letter}` : `Ctrl ${letter}`)

  return (
    <nav
      class="sidebar"
      aria-label="Chats"
      onKeyDown={(event) => {
        if (event.key !== "Escape" || event.defaultPrevented || !stage.state.sheet) return
        event.preventDefault()
        close()
      }}
    >
      <div class="sidebar-top">
        <Wordmark />
        <button type="button" class="tool only-phone" aria-label="Close the chat list" onClick={close}>
          <Icon name="left" />
        </button>
        <button type="button" class="tool only-wide" aria-label="Hide the chat list" onClick={() => stage.fold(true)}>
          <Icon name="panel" />
        </button>
      </div>
      <a class="row" href="/" onClick={close}>
        <Icon name="compose" />
        <span class="name">New chat</span>
        <kbd class="only-wide">{isApple ? "⌘ ⇧ O" : "Ctrl Shift O"}</kbd>
      </a>
      <button
        type="button"
        class="row"
        onClick={() => {
          close()
          stage.set({ overlay: "palette" })
        }}
      >
        <Icon name="search" />
        <span class="name">Search</span>
        <kbd class="only-wide">{keys("K")}</kbd>
      </button>
      <ChatListView current={props.current} onOpen={close} />
      <div class="sidebar-foot">
        <a class="row" href="/settings" aria-current={settingsCurrent()} onClick={close}>
          <Icon name="sliders" />
          <span class="name">Settings</span>
          <Show when={!app.account}>
            <span class="note">On this computer</span>
          </Show>
        </a>
        <Show when={app.account}>{(account) => <AccountRow account={account()} />}</Show>
      </div>
    </nav>
  )
}
