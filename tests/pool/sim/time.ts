import type { Clock, Timer } from "@omnichat/core/store/clock"

type Due = { at: number; order: number; fire: (() => void) | undefined }

/** Time that passes only when nothing else is left to do: hours of it cost what happens in them. */
export class VirtualTime implements Clock, Timer {
  #now: number
  #order = 0
  /** A heap: the next timer is first. */
  readonly #timers: Due[] = []

  constructor(start = 1_700_000_000_000) {
    this.#now = start
  }

  readonly now = (): number => this.#now

  readonly after = (ms: number, run: () => void): (() => void) => {
    const due: Due = { at: this.#now + Math.max(0, Math.round(ms)), order: this.#order++, fire: run }
    this.#push(due)
    return () => (due.fire = undefined)
  }

  readonly sleep = (ms: number, signal?: AbortSignal): Promise<void> => {
    if (signal?.aborted) return Promise.resolve()
    return new Promise((resolve) => {
      const wake = (): void => {
        cancel()
        signal?.removeEventListener("abort", wake)
        resolve()
      }
      const cancel = this.after(ms, wake)
      signal?.addEventListener("abort", wake)
    })
  }

  /** Lets time pass until then, or until `isOver`, and everything happen that falls into it. */
  async run(until: number, isOver: () => boolean = () => false): Promise<void> {
    for (;;) {
      await settled()
      if (isOver()) return
      const next = this.#timers[0]
      if (next === undefined || next.at > until) break
      this.#pop()
      this.#now = Math.max(this.#now, next.at)
      next.fire?.()
      // Those who were cancelled, and those of the same moment, need no settling between them.
      for (let same = this.#timers[0]; same && (!same.fire || same.at <= this.#now); same = this.#timers[0]) {
        this.#pop()
        same.fire?.()
      }
    }
    this.#now = Math.max(this.#now, until)
  }

  #push(due: Due): void {
    const heap = this.#timers
    let at = heap.push(due) - 1
    while (at > 0) {
      const up = (at - 1) >> 1
      if (isBefore(heap[up], due)) break
      heap[at] = heap[up] ?? due
      at = up
    }
    heap[at] = due
  }

  #pop(): void {
    const heap = this.#timers
    const last = heap.pop()
    if (last === undefined || heap.length === 0) return
    let at = 0
    for (;;) {
      let down = 2 * at + 1
      if (down >= heap.length) break
      if (down + 1 < heap.length && isBefore(heap[down + 1], heap[down])) down += 1
      if (isBefore(last, heap[down])) break
      heap[at] = heap[down] ?? last
      at = down
    }
    heap[at] = last
  }
}

const isBefore = (a: Due | undefined, b: Due | undefined): boolean =>
  a !== undefined && (b === undefined || a.at < b.at || (a.at === b.at && a.order < b.order))

/** All that follows from what has happened, without time passing. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
