import type { Clock, Timer } from "@omnichat/core/store/clock"

/** How every runtime on Node waits: its timers keep no process alive. */
export const timers: Pick<Clock, "sleep"> & Timer = {
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve()
      const finish = () => {
        clearTimeout(timer)
        signal?.removeEventListener("abort", finish)
        resolve()
      }
      const timer = setTimeout(finish, Math.max(0, ms))
      timer.unref()
      signal?.addEventListener("abort", finish)
    }),
  after(ms, run) {
    const timer = setTimeout(run, Math.max(0, ms))
    timer.unref()
    return () => clearTimeout(timer)
  },
}
