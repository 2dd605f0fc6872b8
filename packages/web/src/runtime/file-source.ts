import type { FileId } from "@omnichat/core/protocol/id"
import { createEffect, createSignal, onCleanup } from "solid-js"
import type { Files } from "./files.ts"

/** What an `img` may show of a file; undefined until it is there. The bytes are let go with the component. */
export function createFileSource(files: Files, id: () => FileId): () => string | undefined {
  const [fetched, setFetched] = createSignal<string>()
  createEffect(() => {
    const wanted = id()
    if (files.address(wanted) !== undefined) return
    let shown: string | undefined
    let over = false
    onCleanup(() => {
      over = true
      setFetched(undefined)
      if (shown !== undefined) URL.revokeObjectURL(shown)
    })
    files.bytes(wanted).then(
      (bytes) => {
        if (over) return
        shown = URL.createObjectURL(bytes)
        setFetched(shown)
      },
      () => undefined, // its name stands in its place
    )
  })
  return () => files.address(id()) ?? fetched()
}

/**
 * Puts a file among the downloads. Its bytes are given no type that a browser shows: opened from our origin, what
 * somebody uploaded would be a page of ours.
 */
export async function saveFile(files: Files, id: FileId, name: string): Promise<void> {
  const bytes = await files.bytes(id)
  const link = document.createElement("a")
  link.href = URL.createObjectURL(new Blob([bytes], { type: "application/octet-stream" }))
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000) // by then the browser has taken it
}
