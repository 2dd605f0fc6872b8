/** The least that a keyboard on glass takes of the page, in pixels; bars that come and go take less. */
const keyboard = 120

/**
 * Keeps the app above a keyboard on glass also where the page is not made smaller for it: `--view` is the height that
 * is left then.
 */
export function followKeyboard(): void {
  const view = window.visualViewport
  if (!view) return
  view.addEventListener("resize", () => {
    const { style } = document.documentElement
    const covered = view.scale === 1 && window.innerHeight - view.height > keyboard
    if (covered) style.setProperty("--view", `${view.height}px`)
    else style.removeProperty("--view")
    if (covered) window.scrollTo(0, 0)
  })
}
