import { For, Show, createEffect, createMemo, createSignal, createUniqueId, on } from "solid-js"
import type { JSX } from "solid-js"
import { Icon } from "./icon.tsx"
import { stepTo } from "./steps.ts"
import "./menu.css"

export type SeekItem = { id: string }
export type SeekGroup<Item extends SeekItem> = { label: string; note?: string; items: Item[] }

/**
 * A field to search in and the list it leads through: the focus stays in the field while the arrow keys walk the list.
 * The item at `start` is the first one marked, when there is no search yet.
 */
export function Seek<Item extends SeekItem>(props: {
  label: string
  placeholder: string
  search: string
  onSearch: (text: string) => void
  groups: SeekGroup<Item>[]
  start?: string | undefined
  chosen?: string | undefined
  /** What to say when nothing matches. */
  none: JSX.Element
  onPick: (item: Item, event: { ctrl: boolean }) => void
  children: (item: Item) => JSX.Element
}) {
  const id = createUniqueId()
  let list!: HTMLDivElement
  const items = createMemo(() => props.groups.flatMap((group) => group.items))
  const [at, setAt] = createSignal(props.start)
  const current = createMemo(() => (items().some((item) => item.id === at()) ? at() : items()[0]?.id))
  const optionId = (item: string) => `${id}-${item}`

  createEffect(
    on(
      () => props.search,
      () => setAt(undefined),
      { defer: true },
    ),
  )
  createEffect(() => {
    const marked = current()
    if (marked !== undefined) document.getElementById(optionId(marked))?.scrollIntoView({ block: "nearest" })
  })
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.isComposing) return
    const all = items()
    const index = all.findIndex((item) => item.id === current())
    const item = all[index]
    const inText = event.key === "Home" || event.key === "End"
    const to = inText ? undefined : stepTo(event.key, index, all.length)
    if (event.key === "Enter" && item) {
      event.preventDefault()
      props.onPick(item, { ctrl: event.ctrlKey || event.metaKey })
    } else if (to !== undefined) {
      event.preventDefault()
      setAt(all[to]?.id)
    }
  }

  return (
    <>
      <label class="seek">
        <Icon name="search" />
        <span class="hidden">{props.label}</span>
        <input
          type="text"
          role="combobox"
          aria-expanded="true"
          aria-controls={id}
          aria-autocomplete="list"
          aria-activedescendant={current() === undefined ? undefined : optionId(current() ?? "")}
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          enterkeyhint="go"
          autofocus
          placeholder={props.placeholder}
          value={props.search}
          onInput={(event) => props.onSearch(event.currentTarget.value)}
          onKeyDown={onKeyDown}
        />
      </label>
      <div ref={list} class="menu-list" id={id} role="listbox" aria-label={props.label}>
        <For each={props.groups}>
          {(group, index) => (
            <div role="group" aria-labelledby={`${id}-g${index()}`}>
              <div class="group" id={`${id}-g${index()}`} role="presentation">
                <span>{group.label}</span>
                <Show when={group.note}>
                  <span>{group.note}</span>
                </Show>
              </div>
              <For each={group.items}>
                {(item) => (
                  <div
                    class="option"
                    classList={{ at: current() === item.id }}
                    id={optionId(item.id)}
                    role="option"
                    aria-selected={props.chosen === undefined ? current() === item.id : props.chosen === item.id}
                    onPointerMove={() => setAt(item.id)}
                    onClick={(event) => props.onPick(item, { ctrl: event.ctrlKey || event.metaKey })}
                  >
                    {props.children(item)}
                  </div>
                )}
              </For>
            </div>
          )}
        </For>
      </div>
      <Show when={items().length === 0}>
        <p class="menu-list none" role="status">
          {props.none}
        </p>
      </Show>
    </>
  )
}
