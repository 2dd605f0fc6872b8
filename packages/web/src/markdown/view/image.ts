import type { Inline } from "../inline/inline.ts"
import { imageAddress } from "./address.ts"
import { element, icon } from "./dom.ts"

/**
 * Stands for an image until the reader wants it: an address in an answer can carry what was said in the chat to
 * whoever it names, so nothing is fetched unasked. What is no address of the web stays as its description.
 */
export function imageButton(image: Inline & { kind: "image" }): HTMLElement {
  const address = imageAddress(image.src)
  const description = describeImage(image)
  if (!address) return element("span", { class: "inert" }, description)
  const host = element("span", { class: "from" }, address.host)
  const verb = element("span", { class: "hidden" }, "Show the image ")
  const button = element("button", { type: "button", class: "image" }, icon("image"), verb, description, " ", host)
  const place = element("span", {}, button)
  button.addEventListener("click", () => {
    const shown = element("img", { class: "image", alt: image.alt, referrerpolicy: "no-referrer" })
    shown.addEventListener("error", () => {
      host.textContent = `${address.host} did not send it`
      shown.replaceWith(button)
    })
    shown.src = address.href
    button.replaceWith(shown)
  })
  return place
}

/** The words that stand for an image that is not shown; one without any is still to be seen and clicked. */
export function describeImage({ alt }: { readonly alt: string }): string {
  return alt.trim() === "" ? "Image" : alt
}
