import { isGlass } from "../ui/glass.ts"

/** What a text field needs to know of a key press. */
type Press = Pick<KeyboardEvent, "key" | "shiftKey" | "ctrlKey" | "metaKey" | "altKey" | "isComposing" | "keyCode">

/**
 * Whether a press of Enter sends. Not while an input method composes: its Enter chooses a word, and some browsers tell
 * of that by the key code 229 alone. Keyboards on glass have no Shift at hand, so there Enter is a new line.
 */
export function sendsMessage(press: Press, glass = isGlass()): boolean {
  if (press.key !== "Enter" || press.isComposing || press.keyCode === 229) return false
  if (press.ctrlKey || press.metaKey) return true
  return !press.shiftKey && !press.altKey && !glass
}

/** Makes a field as high as its words, where the style sheet cannot. */
export function grow(field: HTMLTextAreaElement): void {
  if (CSS.supports("field-sizing", "content")) return
  field.style.height = "auto"
  field.style.height = `${field.scrollHeight}px`
}
