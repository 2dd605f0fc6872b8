import { For, Show, createSignal, createUniqueId } from "solid-js"
import { Icon } from "./icon.tsx"
import type { IconName } from "./icon.tsx"
import { stepTo } from "./steps.ts"
import "./menu.css"

export type MenuItem = {
  label: string
  icon: IconName
  danger?: boolean
  /** Given: the item is a switch. */
  checked?: boolean
  run: () => void
}

/** A button that opens a short list of actions. `control` is given a function that opens it from elsewhere. */
export function Menu(props: {
  label: string
  icon: IconName
  class?: string
  items: MenuItem[]
  control?: (open: () => void) => void
}) {
  const [open, setOpen] = createSignal(false)
  const id = createUniqueId()
  let button!: HTMLButtonElement
  let list!: HTMLDivElement
  const items = () => [...list.querySelectorAll<HTMLElement>("[role^=menuitem]")]

  const show = () => {
    // The list is in the page only while it is open: a long list of chats has many menus.
    setOpen(true)
    list.showPopover()
    const from = button.getBoundingClientRect()
    const { width, height } = list.getBoundingClientRect()
    const below = from.bottom + height + 12 < window.innerHeight
    list.style.top = `${Math.max(8, below ? from.bottom + 4 : from.top - height - 4)}px`
    list.style.left = `${Math.max(8, Math.min(from.right - width, window.innerWidth - width - 8))}px`
    items()[0]?.focus()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const all = items()
    const to = stepTo(event.key, all.indexOf(document.activeElement as HTMLElement), all.length)
    if (event.key === "Tab") list.hidePopover()
    if (to === undefined) return
    event.preventDefault()
    all[to]?.focus()
  }
  props.control?.(show)

  return (
    <>
      <button
        ref={button}
        type="button"
        class={`tool ${props.class ?? ""}`}
        aria-label={props.label}
        aria-haspopup="menu"
        aria-expanded={open()}
        aria-controls={open() ? id : undefined}
        onClick={(event) => {
          event.preventDefault()
          event.stopPropagation()
          if (open()) list.hidePopover()
          else show()
        }}
      >
        <Icon name={props.icon} />
      </button>
      <Show when={open()}>
        <div
          ref={list}
          id={id}
          popover="auto"
          class="menu acts-list"
          role="menu"
          aria-label={props.label}
          onKeyDown={onKeyDown}
          onClick={(event) => event.stopPropagation()}
          on:toggle={(event: ToggleEvent) => setOpen(event.newState === "open")}
        >
          <For each={props.items}>
            {(item) => (
              <button
                type="button"
                class="act-item"
                classList={{ danger: item.danger === true }}
                role={item.checked === undefined ? "menuitem" : "menuitemcheckbox"}
                aria-checked={item.checked}
                tabIndex={-1}
                onClick={() => {
                  list.hidePopover()
                  item.run()
                }}
              >
                <Icon name={item.icon} />
                {item.label}
                <Show when={item.checked}>
                  <span class="end">
                    <Icon name="check" small />
                  </span>
                </Show>
              </button>
            )}
          </For>
        </div>
      </Show>
    </>
  )
}
