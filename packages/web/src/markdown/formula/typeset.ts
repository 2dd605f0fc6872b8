import temml from "temml"
import "./formula.css"

/**
 * Draws a formula as MathML into an element. Nothing in it can lead or load anything from elsewhere, nor grow without
 * bounds. Returns false, and the element is as it was, when the formula is wrong.
 */
export function typeset(target: HTMLElement, text: string, display: boolean): boolean {
  const place = document.createElement("span")
  try {
    temml.render(text, place, {
      displayMode: display,
      throwOnError: true,
      trust: false,
      maxSize: [20, 20],
      maxExpand: 200,
    })
  } catch (error) {
    // One formula must not keep the rest of an answer from being drawn, whatever it made of the typesetter.
    if (!(error instanceof temml.ParseError || error instanceof RangeError)) console.warn("A formula failed.", error)
    return false
  }
  target.replaceChildren(...place.childNodes)
  return true
}
