import type { Holder } from "../src/runtime/holder.ts"

export type WatchedHolder = {
  hold: <State extends object>(state: State) => Holder<State>
  /** Something else has changed that somebody may wait for. */
  check: () => void
  /** Resolves when something is so; asked after each change. */
  until: (condition: () => boolean) => Promise<void>
}

/** Plain holders, and a way to wait for what happens in them. */
export function watchedHolder(): WatchedHolder {
  const waiters = new Set<() => void>()
  const check = () => {
    for (const waiter of [...waiters]) waiter()
  }
  return {
    check,
    hold: (state) => ({
      state,
      raw: state,
      change(recipe) {
        recipe(state)
        check()
      },
    }),
    until: (condition) =>
      new Promise((resolve) => {
        const waiter = () => {
          if (!condition()) return
          waiters.delete(waiter)
          resolve()
        }
        waiters.add(waiter)
        waiter()
      }),
  }
}
