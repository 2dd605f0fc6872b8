import { useNavigate } from "@solidjs/router"
import { For, Show, createEffect, createMemo, createSignal } from "solid-js"
import type { ChatId } from "@omnichat/core/protocol/id"
import { dayNames } from "../chats/groups.ts"
import { composingIn } from "../chat/composings.ts"
import { useApp } from "../runtime/context.tsx"
import { isApple } from "../shell/keyboard.ts"
import { otherTheme, setTheme } from "../shell/theme.ts"
import { useStage } from "../shell/stage.tsx"
import { Dialog } from "../ui/dialog.tsx"
import { isGlass } from "../ui/glass.ts"
import { Icon } from "../ui/icon.tsx"
import type { IconName } from "../ui/icon.tsx"
import { Seek } from "../ui/seek.tsx"
import { findChats, mark, wordsOf } from "./search.ts"
import type { Piece } from "./search.ts"
import "./palette.css"

type Entry = { id: string; icon: IconName; pieces: Piece[]; end?: string; keys?: string[]; run: () => void }

const most = 30

/** Search over the titles of all chats, and the commands of the app. */
export default function Palette(props: { onClose: () => void }) {
  const app = useApp()
  const stage = useStage()
  const navigate = useNavigate()
  const [search, setSearch] = createSignal("")
  const { state } = app.list
  const words = createMemo(() => wordsOf(search()))

  // A search is over all chats: the pages that nobody has looked at yet come one by one.
  createEffect(() => {
    if (words().length > 0 && state.next !== undefined && !state.reading) void app.list.more()
  })

  const ask = () => {
    navigate("/")
    composingIn(app, "new").putBack({ text: search().trim(), files: [] })
  }
  const chats = createMemo((): Entry[] => {
    const dayOf = dayNames(Date.now())
    const { chats, order } = app.list.raw
    const titleOf = (id: ChatId) => chats[id]?.title ?? ""
    const found = state.order && findChats(order, titleOf, search(), words().length === 0 ? 6 : most)
    return found.map(({ id, pieces }) => ({
      id,
      icon: "chat",
      pieces,
      end: dayOf(Date.parse(chats[id]?.updatedAt ?? "")),
      run: () => navigate(`/chat/${id}`),
    }))
  })
  const commands = createMemo((): Entry[] => {
    const { again, againWith } = stage.actions
    const all: { name: string; icon: IconName; keys?: string[]; run: (() => void) | undefined }[] = [
      { name: "New chat", icon: "compose", run: () => navigate("/") },
      { name: "Retry the last answer", icon: "again", run: again },
      { name: "Retry with another model", icon: "swap", run: againWith },
      { name: "Light or dark", icon: "theme", run: () => setTheme(app.keep, otherTheme(app.keep)) },
      { name: "Keys", icon: "keys", run: isGlass() ? undefined : () => stage.set({ overlay: "shortcuts" }) },
      { name: "Settings", icon: "sliders", run: () => navigate("/settings") },
    ]
    const entries = all.flatMap(({ name, icon, run }): Entry[] => {
      const low = name.toLowerCase()
      if (!run || !words().every((word) => low.includes(word))) return []
      return [{ id: name, icon, run, pieces: mark(name, words()) }]
    })
    if (words().length === 0) return entries
    const question = [{ text: `Ask “${search().trim()}” in a new chat`, hit: false }]
    return [
      ...entries,
      { id: "ask", icon: "compose", pieces: question, keys: [isApple ? "⌘" : "Ctrl", "Enter"], run: ask },
    ]
  })
  const groups = createMemo(() =>
    [
      { label: words().length === 0 ? "Last chats" : "Chats", items: chats() },
      { label: "Commands", items: commands() },
    ].filter((group) => group.items.length > 0),
  )
  const count = () => chats().length + commands().length

  return (
    <Dialog label="Search and commands" class="menu command" onClose={props.onClose}>
      <button type="button" class="tool close" aria-label="Close" onClick={() => props.onClose()}>
        <Icon name="close" />
      </button>
      <Seek
        label="Search chats and commands"
        placeholder="Search chats and commands"
        search={search()}
        onSearch={setSearch}
        groups={groups()}
        none=""
        onPick={(entry, { ctrl }) => {
          props.onClose()
          if (ctrl && words().length > 0) ask()
          else entry.run()
        }}
      >
        {(entry) => (
          <>
            <Icon name={entry.icon} />
            <span class="two">
              <For each={entry.pieces}>
                {(piece) => (
                  <Show when={piece.hit} fallback={piece.text}>
                    <mark>{piece.text}</mark>
                  </Show>
                )}
              </For>
            </span>
            <Show when={entry.end}>
              <span class="end">{entry.end}</span>
            </Show>
            <Show when={entry.keys}>
              {(keys) => (
                <span class="end keys">
                  <For each={keys()}>{(key) => <kbd>{key}</kbd>}</For>
                </span>
              )}
            </Show>
          </>
        )}
      </Seek>
      <div class="menu-foot only-wide" aria-hidden="true">
        <span>
          <span class="keys">
            <kbd>↑</kbd>
            <kbd>↓</kbd>
          </span>
          move
        </span>
        <span>
          <span class="keys">
            <kbd>Enter</kbd>
          </span>
          open
        </span>
        <span>
          <span class="keys">
            <kbd>Esc</kbd>
          </span>
          close
        </span>
        <span class="push">
          {state.reading && words().length > 0
            ? "Looking at older chats"
            : count() === 1
              ? "1 result"
              : `${count()} results`}
        </span>
      </div>
    </Dialog>
  )
}
