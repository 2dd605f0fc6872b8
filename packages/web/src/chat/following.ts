import { createSignal, onCleanup } from "solid-js"
import { newTail, scrolled } from "./tail.ts"

/** Where a reader was in a chat: at its end, or with a turn at some pixels from the top. */
export type Place = { following: boolean; key?: string; offset?: number }

export type Following = {
  /** The view follows the newest words. */
  following: () => boolean
  toEnd: () => void
  /** Another chat is about to be drawn, and the reader was there before. */
  expect: (place: Place | undefined) => void
  /** To be called in onMount, with what scrolls and what is in it. */
  attach: (box: HTMLElement, content: HTMLElement) => void
  place: () => Place
  /** Draws more turns without moving what is seen. */
  keeping: (change: () => void) => void
}

/** Touches the page for tail.ts, which decides. */
export function createFollowing(): Following {
  const [following, setFollowing] = createSignal(true)
  let tail = newTail()
  let box: HTMLElement | undefined
  let content: HTMLElement | undefined
  let expected: Place | undefined

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
  const offsetOf = (turn: HTMLElement) => turn.getBoundingClientRect().top - (box?.getBoundingClientRect().top ?? 0)
  /** The first turn that is in sight. */
  const seen = () => turns().find((turn) => offsetOf(turn) + turn.offsetHeight > 0)
  const turns = () => [...(content?.querySelectorAll<HTMLElement>("[data-key]") ?? [])]

  /** Goes back to where the reader was. */
  const find = () => {
    const turn = tail.following ? undefined : turns().find((one) => one.dataset["key"] === expected?.key)
    if (turn && box) {
      // Its height has to be the real one for its middle to be found again.
      turn.style.contentVisibility = "visible"
      turn.scrollIntoView({ block: "start" })
      box.scrollTop -= expected?.offset ?? 0
    } else {
      tail = { ...tail, following: true }
      setFollowing(true)
    }
    pin()
  }

  return {
    following,
    toEnd() {
      tail = { ...tail, following: true }
      setFollowing(true)
      pin()
    },
    expect(place) {
      expected = place
      tail = { ...newTail(), following: place?.following ?? true }
      setFollowing(tail.following)
    },
    attach(newBox, newContent) {
      box = newBox
      content = newContent
      // The words of the turns are drawn after this, and before anything is painted.
      queueMicrotask(find)
      const watcher = new ResizeObserver(pin)
      watcher.observe(newBox)
      watcher.observe(newContent)
      // The watcher is told within a frame, and to scroll there costs another one; words can be followed before it.
      const words = new MutationObserver(() => tail.following && pin())
      words.observe(newContent, { subtree: true, childList: true, characterData: true })
      newBox.addEventListener("scroll", onScroll, { passive: true })
      onCleanup(() => {
        watcher.disconnect()
        words.disconnect()
        newBox.removeEventListener("scroll", onScroll)
      })
    },
    place() {
      const first = seen()
      if (tail.following || !first) return { following: true }
      return { following: false, key: first.dataset["key"] ?? "", offset: offsetOf(first) }
    },
    keeping(change) {
      const first = seen()
      const before = first ? offsetOf(first) : 0
      change()
      if (!box || tail.following || !first) return
      // Browsers anchor what is seen, but not all of them, not at the very top, and not before it has been painted.
      const moved = offsetOf(first) - before
      if (Math.abs(moved) >= 1) box.scrollTop += moved
    },
  }
}
