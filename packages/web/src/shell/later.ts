/** The parts that are loaded when first needed should be there even when the connection is not: fetched in idle time. */
export function fetchLater(): void {
  const idle = window.requestIdleCallback ?? ((action: () => void) => setTimeout(action, 2000))
  idle(() => {
    const parts = [
      import("../models/picker.tsx"),
      import("../search/palette.tsx"),
      import("./shortcuts-sheet.tsx"),
      import("../chat/told.tsx"),
    ]
    Promise.all(parts).catch(() => undefined) // each is asked for again when it is needed
  })
}
