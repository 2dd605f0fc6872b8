import { describe } from "../log.ts"
import { callFromLine } from "./call.ts"
import type { Announcer } from "./announce.ts"
import { createAnnouncer } from "./announce.ts"
import type { DrivePorts } from "./ports.ts"
import { createScale } from "./scale.ts"
import type { Scale } from "./scale.ts"
import { leaveWheel, readPool, takeWheel } from "./store.ts"
import { tend } from "./tend.ts"
import { poolTopic } from "./topic.ts"

/** How long a driver that gives no sign holds the wheel, in milliseconds. */
const wheelFor = 10_000

export type Drive = {
  /**
   * Drives the line until nobody stands in it ("idle"), somebody else drives it ("taken"), or it is time to end.
   * One at a time, whoever is called.
   */
  drive(options?: { until?: number; signal?: AbortSignal }): Promise<"idle" | "taken" | "time">
}

/**
 * What nobody who asks has the time for: it calls those whose turn has come, tells the others where they stand, starts
 * servers when they are needed and gives them back when they are not.
 */
export function createDrive(ports: DrivePorts): Drive {
  const announcer = createAnnouncer(ports)
  const scale = createScale(ports)

  /** Looks at everything; true, and the wheel left, when nobody needs it any more. */
  async function isIdle(owner: string): Promise<boolean> {
    const { table, log } = ports
    try {
      if (await look(ports, announcer, scale)) return false
      await leaveWheel(table, owner)
      // Who came after that look has found the wheel taken, and relies on whoever had it.
      return (await readPool(table)).waiting.length === 0
    } catch (error) {
      log.error("pool-not-driven", { error: describe(error) })
      return false
    }
  }

  async function drive({ until, signal }: { until?: number; signal?: AbortSignal } = {}) {
    const { clock, table, settings } = ports
    const owner = crypto.randomUUID()
    try {
      for (;;) {
        const now = clock.now()
        if (signal?.aborted || (until !== undefined && now >= until)) return "time"
        if (!(await takeWheel(table, owner, now, now + wheelFor))) return "taken"
        const hint = listen(ports, signal)
        try {
          if (await isIdle(owner)) return "idle"
          await hint.wait(settings.lookEvery)
        } finally {
          hint.end()
        }
      }
    } finally {
      await announcer.settled()
      await leaveWheel(table, owner)
    }
  }

  return { drive }
}

/** One look at everything: whether another is needed soon. */
async function look(ports: DrivePorts, announcer: Announcer, scale: Scale): Promise<boolean> {
  const items = await tend(ports, await readPool(ports.table))
  const called = await callFromLine(ports, items, announcer)
  const scaling = await scale(items, called)
  return called.waiting > 0 || scaling
}

/** Hears from now on that something changed, or that it is time to end, so that nothing is missed while one looks. */
function listen({ clock, wake }: DrivePorts, signal: AbortSignal | undefined) {
  const heard = new AbortController()
  const hear = () => heard.abort()
  const unlisten = wake.listen(poolTopic, hear)
  // Not AbortSignal.any: the signal outlives thousands of these.
  if (signal?.aborted) hear()
  else signal?.addEventListener("abort", hear, { once: true })
  return {
    wait: (ms: number) => clock.sleep(ms, heard.signal),
    end(): void {
      unlisten()
      signal?.removeEventListener("abort", hear)
    },
  }
}
