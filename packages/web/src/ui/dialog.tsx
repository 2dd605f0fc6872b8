import { onCleanup, onMount } from "solid-js"
import type { JSX } from "solid-js"
import "./menu.css"

/**
 * A modal dialog: the page behind it is inert, Escape and a press beside it close it, and the focus goes back to where
 * it came from. The element with `autofocus` gets the focus first.
 */
export function Dialog(props: {
  label: string
  class?: string
  onClose: () => void
  children: JSX.Element
  /** The dialog itself takes the focus, so that no keyboard comes up on glass. */
  quiet?: boolean
  ref?: (element: HTMLDialogElement) => void
}) {
  let element!: HTMLDialogElement
  // A press that began inside, to select text for example, closes nothing.
  let pressedBeside = false
  onMount(() => {
    props.ref?.(element)
    element.toggleAttribute("autofocus", props.quiet === true)
    element.showModal()
  })
  onCleanup(() => element.close())
  return (
    <dialog
      ref={element}
      class={props.class}
      aria-label={props.label}
      onCancel={(event) => {
        event.preventDefault()
        props.onClose()
      }}
      onPointerDown={(event) => {
        pressedBeside = event.target === element
      }}
      onClick={(event) => {
        if (pressedBeside && event.target === element) props.onClose()
      }}
    >
      {props.children}
    </dialog>
  )
}
