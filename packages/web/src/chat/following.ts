import { createSignal, onCleanup } from "solid-js"
import { newTail, scrolled } from "./tail.ts"

/** Where a reader was in a chat: at its end, or with a turn at some pixels from the top. */
export type Place = { following: boolean; key?: string; offset?: number }

export type Following = {
  /** The view follows the newest words. */
  following: () => boolean
  toEnd: () => void
  /** To be called in onMount, with what scrolls and what is in it. */
  attach: (box: HTMLElement, content: HTMLElement, place: Place | undefined) => void
  place: () => Place
  /** Runs what puts turns above the others, without moving what is seen. */
  keeping: (change: () => unknown) => Promise<void>
}

/** Touches the page for tail.ts, which decides. */
export function createFollowing(): Following {
  const [following, setFollowing] = createSignal(true)
  let tail = newTail()
  let box: HTMLElement | undefined
  let content: HTMLElement | undefined

  const measure = () => ({ top: box?.scrollTop ?? 0, height: box?.scrollHeight ?? 0, seen: box?.clientHeight ?? 0 })
  const onScroll = () => {
    tail = scrolled(tail, measure())
    setFollowing(tail.following)
  }
  /** Called after a change of heights and before it is painted. */
  const pin = () => {
    if (!box) return
    if (tail.following) box.scrollTop = box.scrollHeight
    tail = { ...tail, top: box.scrollTop, height: box.scrollHeight }
  }
  const turns = () => [...(content?.querySelectorAll<HTMLElement>("[data-key]") ?? [])]

  return {
    following,
    toEnd() {
      tail = { ...tail, following: true }
      setFollowing(true)
      pin()
    },
    attach(newBox, newContent, place) {
      box = newBox
      content = newContent
      const turn = place?.following === false ? turns().find((one) => one.dataset["key"] === place.key) : undefined
      tail = { ...newTail(), following: turn === undefined }
      setFollowing(tail.following)
      if (turn) {
        turn.scrollIntoView({ block: "start" })
        box.scrollTop -= place?.offset ?? 0
      }
      pin()
      const watcher = new ResizeObserver(pin)
      watcher.observe(newBox)
      watcher.observe(newContent)
      newBox.addEventListener("scroll", onScroll, { passive: true })
      onCleanup(() => {
        watcher.disconnect()
        newBox.removeEventListener("scroll", onScroll)
      })
    },
    place() {
      if (tail.following || !box) return { following: true }
      const top = box.getBoundingClientRect().top
      const first = turns().find((one) => one.getBoundingClientRect().bottom > top)
      if (!first) return { following: true }
      return {
        following: false,
        key: first.dataset["key"] ?? "",
        offset: first.getBoundingClientRect().top - top,
      }
    },
    async keeping(change) {
      const before = box ? box.scrollHeight - box.scrollTop : 0
      await change()
      if (!box || tail.following) return
      // At the very top, and in browsers that do not anchor, what is seen would move down.
      if (box.scrollTop < 1 || !CSS.supports("overflow-anchor", "auto")) box.scrollTop = box.scrollHeight - before
    },
  }
}
