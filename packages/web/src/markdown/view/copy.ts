import { element, icon } from "./dom.ts"

/** How long the button says that it has copied, in milliseconds. */
const confirmed = 1_600

/** A button that copies a text and says so. */
export function copyButton(text: () => string): HTMLButtonElement {
  const label = element("span", { "aria-live": "polite" }, "Copy")
  const button = element("button", { type: "button", class: "copy" }, icon("copy"), label)
  let timer: ReturnType<typeof setTimeout> | undefined
  const say = (words: string) => {
    label.textContent = words
    clearTimeout(timer)
    timer = setTimeout(() => (label.textContent = "Copy"), confirmed)
  }
  button.addEventListener("click", () => {
    copyText(text()).then(
      () => say("Copied"),
      () => say("Not copied"),
    )
  })
  return button
}

/** Puts a text on the clipboard. A page that is not served securely has no clipboard; there a selection is copied. */
async function copyText(text: string): Promise<void> {
  if ("clipboard" in navigator) return navigator.clipboard.writeText(text)
  const area = element("textarea", { readonly: "", "aria-hidden": "true", class: "hidden" })
  area.value = text
  document.body.append(area)
  area.select()
  const copied = document.execCommand("copy")
  area.remove()
  if (!copied) throw new Error("The browser did not copy the text.")
}
