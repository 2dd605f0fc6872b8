import { onMount } from "solid-js"

/** Where the address of a server is written. Its name is the `label`, or what stands around it. */
export function AddressField(props: {
  value: string
  placeholder: string
  onInput: (text: string) => void
  label?: string
  fixed?: boolean
  /** The focus comes here as soon as it is there. */
  focused?: boolean | undefined
}) {
  let field!: HTMLInputElement
  onMount(() => props.focused && field.focus())
  return (
    <input
      ref={field}
      class="field"
      type="text"
      inputmode="url"
      autocapitalize="off"
      autocomplete="off"
      spellcheck={false}
      aria-label={props.label}
      placeholder={props.placeholder}
      readOnly={props.fixed}
      value={props.value}
      onInput={(event) => props.onInput(event.currentTarget.value)}
    />
  )
}
