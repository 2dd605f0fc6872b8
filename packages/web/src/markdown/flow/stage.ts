import type { Stage } from "./flow.ts"

/** The page as a stage. Pictures wait while nobody sees the page, and show all that came when somebody does again. */
export function pageStage(): Stage {
  const still = matchMedia("(prefers-reduced-motion: reduce)")
  return {
    now: () => performance.now(),
    after(delay, callback) {
      // A frame that is asked for is painted even if nothing changes, so none is until the delay is nearly over.
      let frame: number | undefined
      const timer = setTimeout(() => (frame = requestAnimationFrame(callback)), Math.max(0, delay - 8))
      return () => {
        clearTimeout(timer)
        if (frame !== undefined) cancelAnimationFrame(frame)
      }
    },
    painted(callback) {
      // Its message is a task of its own, and the first one after the frame.
      const channel = new MessageChannel()
      channel.port1.onmessage = () => {
        channel.port1.close()
        callback()
      }
      channel.port2.postMessage(undefined)
    },
    calm: () => document.hidden || still.matches,
  }
}
