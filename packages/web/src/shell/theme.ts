import type { Keep } from "../runtime/keep.ts"

/** `system` is what the system asks for at the moment. public/theme.js reads the same key before the first paint. */
export type Theme = "system" | "light" | "dark"

const key = "theme"

export function readTheme(keep: Keep): Theme {
  const kept = keep.read(key)
  return kept === "light" || kept === "dark" ? kept : "system"
}

export function setTheme(keep: Keep, theme: Theme): void {
  if (theme === "system") keep.remove(key)
  else keep.write(key, theme)
  paint(theme)
}

/** The other one of what is on the screen. */
export function otherTheme(keep: Keep): Theme {
  const theme = readTheme(keep)
  const dark = theme === "system" ? matchMedia("(prefers-color-scheme: dark)").matches : theme === "dark"
  return dark ? "light" : "dark"
}

export function paint(theme: Theme): void {
  const { documentElement } = document
  if (theme === "system") delete documentElement.dataset["theme"]
  else documentElement.dataset["theme"] = theme
  const paper = getComputedStyle(document.body).backgroundColor
  document.querySelector("meta[name=theme-color]")?.setAttribute("content", paper)
}

/** Keeps the browser's own frame in the colour of the page. */
export function followTheme(keep: Keep): void {
  const repaint = () => paint(readTheme(keep))
  repaint()
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint)
  // Another tab has chosen.
  window.addEventListener("storage", repaint)
}
