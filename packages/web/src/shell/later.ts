/** How long what is on the screen has the network and the processor to itself (ms). */
const pause = 250

/** Fetches the parts that are loaded when first needed: they should be there even when the connection is not. */
export function fetchLater(): void {
  setTimeout(() => {
    const parts = [
      import("../models/picker.tsx"),
      import("../search/palette.tsx"),
      import("./shortcuts-sheet.tsx"),
      import("../chat/told.tsx"),
    ]
    Promise.all(parts).catch(() => undefined) // each is asked for again when it is needed
  }, pause)
}
