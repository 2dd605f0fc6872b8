import { element, icon } from "./dom.ts"

/** How long the button says that it has copied, in milliseconds. */
const confirmed = 1_600

/** A button that copies a text and says so. */
export function copyButton(text: () => string): HTMLButtonElement {
  const label = element("span", { "aria-live": "polite" }, "Copy")
  const place = element("span", {}, icon("copy"))
  const button = element("button", { type: "button", class: "copy" }, place, label)
  let timer: ReturnType<typeof setTimeout> | undefined
  const say = (words: string, name: string) => {
    label.textContent = words
    place.replaceChildren(icon(name))
  }
  button.addEventListener("click", () => {
    void copyText(text()).then((copied) => {
      say(copied ? "Copied" : "Not copied", copied ? "check" : "copy")
      clearTimeout(timer)
      timer = setTimeout(() => say("Copy", "copy"), confirmed)
    })
  })
  return button
}

/** Puts a text on the clipboard, or tells that the browser does not let it. */
async function copyText(text: string): Promise<boolean> {
  // A page that was not served securely has no clipboard; there a selection is copied.
  if (!("clipboard" in navigator)) return copySelected(text)
  return navigator.clipboard.writeText(text).then(
    () => true,
    () => false,
  )
}

function copySelected(text: string): boolean {
  const area = element("textarea", { readonly: "", "aria-hidden": "true", class: "hidden" })
  area.value = text
  document.body.append(area)
  area.select()
  const copied = document.execCommand("copy")
  area.remove()
  return copied
}
