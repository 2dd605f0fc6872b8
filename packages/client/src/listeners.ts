/** Functions to be called when something happens, in the order they came. */
export class Listeners<A extends unknown[]> {
  readonly #listeners = new Set<{ call: (...args: A) => void }>()

  get size(): number {
    return this.#listeners.size
  }

  /** Gives back what removes it; the same function twice is two listeners. */
  add(call: (...args: A) => void): () => void {
    const entry = { call }
    this.#listeners.add(entry)
    return () => void this.#listeners.delete(entry)
  }

  call(...args: A): void {
    for (const { call } of [...this.#listeners]) guarded(() => call(...args))
  }
}

/** Runs a caller's code. What it throws is reported as uncaught and disturbs neither the socket nor other listeners. */
export function guarded(run: () => void): void {
  try {
    run()
  } catch (thrown) {
    queueMicrotask(() => {
      throw thrown
    })
  }
}
