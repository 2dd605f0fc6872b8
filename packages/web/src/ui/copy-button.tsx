import { createSignal, onCleanup } from "solid-js"
import { Icon } from "./icon.tsx"

/** Copies a text and says so for a moment. */
export function CopyButton(props: { label: string; text: () => string; class?: string }) {
  const [done, setDone] = createSignal(false)
  let timer: ReturnType<typeof setTimeout> | undefined
  onCleanup(() => clearTimeout(timer))
  const copy = async () => {
    await navigator.clipboard.writeText(props.text())
    setDone(true)
    clearTimeout(timer)
    timer = setTimeout(() => setDone(false), 1500)
  }
  return (
    <button
      type="button"
      class={`tool ${props.class ?? ""}`}
      aria-label={done() ? "Copied" : props.label}
      onClick={() => {
        copy().catch(() => undefined) // the browser forbids it: the button stays as it was
      }}
    >
      <Icon name={done() ? "check" : "copy"} />
    </button>
  )
}
