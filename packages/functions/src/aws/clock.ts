import type { Clock, Timer } from "@omnichat/core/store/clock"
import { timers } from "../timers.ts"

/**
 * The wall clock, which the leases of many functions are compared with; it never goes back while this process lives.
 * Lambda stops a process between two events for any time, so no clock of its own would do.
 */
export function createWallClock(wall: () => number = Date.now): Clock & Timer {
  let latest = 0
  return {
    ...timers,
    now() {
      latest = Math.max(latest, wall())
      return latest
    },
  }
}
