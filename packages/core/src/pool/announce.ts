import { describe } from "../log.ts"
import type { QueueEvent } from "../protocol/event.ts"
import type { RunRecord } from "../run/record.ts"
import { tick } from "../run/tick.ts"
import type { DrivePorts } from "./ports.ts"

/** Where somebody in line stands. */
export type Standing = QueueEvent["data"]

export type Announcer = {
  /** Tells the run's followers, if something changed or they have heard nothing for a while. Never rejects, never waits. */
  tell(record: RunRecord, standing: Standing): void
  /** Whether a message is under way: nobody else may post to the run's followers then. */
  isTelling(runId: string): boolean
  /** The run stands in line no longer. */
  forget(runId: string): void
  settled(): Promise<void>
}

type Told = { at: number; key: string; progress: number; followers: string }

/** Progress that is worth a message. */
const stepOfProgress = 0.02
/** Messages of progress alone have this distance at least, in milliseconds. */
const restlessness = 1000

export function createAnnouncer(ports: DrivePorts): Announcer {
  const told = new Map<string, Told>()
  const telling = new Map<string, Promise<void>>()

  function isNews(record: RunRecord, { progress = 0, ...standing }: Standing, now: number): boolean {
    const last = told.get(record.runId)
    if (last === undefined) return true
    const { reason, position } = standing
    if (last.key !== `${reason}/${position}` || last.followers !== followersOf(record)) return true
    const since = now - last.at
    return since >= ports.settings.tellEvery || (progress - last.progress >= stepOfProgress && since >= restlessness)
  }

  async function say(record: RunRecord, standing: Standing): Promise<void> {
    const data = { ...standing, ...(standing.etaMs !== undefined && { etaMs: Math.round(standing.etaMs) }) }
    try {
      await tick(ports.runs, record, { type: "data-queue", data, transient: true })
    } catch (error) {
      ports.log.warn("standing-not-told", { run: record.runId, error: describe(error) })
    }
  }

  return {
    tell(record, standing) {
      const { runId } = record
      const now = ports.clock.now()
      if (record.status !== "queued" || telling.has(runId) || !isNews(record, standing, now)) return
      const { reason, position, progress = 0 } = standing
      told.set(runId, { at: now, key: `${reason}/${position}`, progress, followers: followersOf(record) })
      const saying = say(record, standing).finally(() => telling.delete(runId))
      telling.set(runId, saying)
    },
    isTelling: (runId) => telling.has(runId),
    forget: (runId) => void told.delete(runId),
    async settled() {
      await Promise.all(telling.values())
    },
  }
}

/** Who follows, each follow told from the one before: whoever comes anew is told at once. */
const followersOf = ({ followers }: RunRecord): string =>
  Object.entries(followers)
    .map(([id, { nonce }]) => `${id}/${nonce}`)
    .toSorted()
    .join()
