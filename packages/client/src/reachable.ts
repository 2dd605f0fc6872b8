type Page = { visibilityState?: string } & EventTarget

/**
 * In a browser: calls `listener` when the network has come back and when the page is shown again, for both often end
 * a time without network or timers. Elsewhere there are no such events. Gives back what ends it.
 */
export function onReachable(listener: () => void, world: object): () => void {
  const page = "document" in world ? (world.document as Page) : undefined
  const shown = () => {
    if (page?.visibilityState === "visible") listener()
  }
  const network = isTarget(world) ? world : undefined
  network?.addEventListener("online", listener)
  page?.addEventListener("visibilitychange", shown)
  return () => {
    network?.removeEventListener("online", listener)
    page?.removeEventListener("visibilitychange", shown)
  }
}

function isTarget(world: object): world is EventTarget {
  return "addEventListener" in world && typeof world.addEventListener === "function"
}
