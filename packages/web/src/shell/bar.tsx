import type { JSX } from "solid-js"
import { Icon } from "../ui/icon.tsx"
import { useStage } from "./stage.tsx"

/** The bar above a screen: the way to the chat list, wherever it is at this width, and what the screen puts there. */
export function Bar(props: { children: JSX.Element }) {
  const stage = useStage()
  return (
    <header class="bar">
      <button
        type="button"
        class="tool only-phone"
        aria-label="Open the chat list"
        onClick={() => stage.set({ sheet: true })}
      >
        <Icon name="menu" />
      </button>
      <button type="button" class="tool only-folded" aria-label="Show the chat list" onClick={() => stage.fold(false)}>
        <Icon name="panel" />
      </button>
      {props.children}
    </header>
  )
}
