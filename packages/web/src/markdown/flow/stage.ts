import type { Stage } from "./flow.ts"

/** The page as a stage. Pictures wait while nobody sees the page, and show all that came when somebody does again. */
export function pageStage(): Stage {
  return {
    now: () => performance.now(),
    after(delay, callback) {
      // Drawn before the frame and not in it: whoever scrolls after it then scrolls in that frame, and needs no second.
      if (!document.hidden) {
        const timer = setTimeout(callback, delay)
        return () => clearTimeout(timer)
      }
      const seen = new AbortController()
      const look = () => {
        if (document.hidden) return
        seen.abort()
        callback()
      }
      document.addEventListener("visibilitychange", look, { signal: seen.signal })
      return () => seen.abort()
    },
    painted(callback) {
      const drawn = performance.now()
      let followed = 0
      // After whoever follows the words: the layout that takes is a part of the picture.
      queueMicrotask(() => (followed = performance.now() - drawn))
      requestAnimationFrame(() => {
        const start = performance.now()
        // Its message is a task of its own, and the first one after the frame.
        const channel = new MessageChannel()
        channel.port1.onmessage = () => {
          channel.port1.close()
          callback(followed + performance.now() - start)
        }
        channel.port2.postMessage(undefined)
      })
    },
    calm: () => document.hidden || still(),
  }
}

let motion: MediaQueryList | undefined
let motionless = false

/** Whether the reader wants no motion. To ask the query itself each time would have the browser look at all styles. */
function still(): boolean {
  if (!motion) {
    motion = matchMedia("(prefers-reduced-motion: reduce)")
    motionless = motion.matches
    motion.addEventListener("change", ({ matches }) => (motionless = matches))
  }
  return motionless
}
