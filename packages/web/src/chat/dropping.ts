import { createSignal, onCleanup, onMount } from "solid-js"

/**
 * Whether a file is held over the page. It may be let go of anywhere; a browser left alone would show it in the place
 * of the app.
 */
export function createDropping(onFiles: (files: Iterable<File>) => void): () => boolean {
  const [over, setOver] = createSignal(false)
  const carries = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false
  const onDragOver = (event: DragEvent) => {
    if (!carries(event)) return
    event.preventDefault()
    setOver(true)
  }
  const onDragLeave = (event: DragEvent) => {
    // Out of the window, and not from one element to the next.
    if (event.relatedTarget === null) setOver(false)
  }
  const onDrop = (event: DragEvent) => {
    setOver(false)
    if (!carries(event)) return
    event.preventDefault()
    onFiles(event.dataTransfer?.files ?? [])
  }
  onMount(() => {
    window.addEventListener("dragover", onDragOver)
    window.addEventListener("dragleave", onDragLeave)
    window.addEventListener("drop", onDrop)
    onCleanup(() => {
      window.removeEventListener("dragover", onDragOver)
      window.removeEventListener("dragleave", onDragLeave)
      window.removeEventListener("drop", onDrop)
    })
  })
  return over
}
