import type { QueueEvent } from "@omnichat/core/protocol/event"

export type QueueNews = QueueEvent["data"]

/** What a run without words yet waits for, as its events have told it. Times are epoch milliseconds of this page. */
export type Queue = {
  /** The newest word of it; its `etaMs` counts from `at`. */
  news: QueueNews
  at: number
  /** What has been waited for so far, the present last, each with when it began. */
  legs: readonly Leg[]
  /** This page was there from the beginning: only then do the times of `legs` say how long something took. */
  exact: boolean
  /** What the bar has reached, from 0 to 1. It shows no less from here on. */
  least: number
}

export type Leg = { reason: QueueNews["reason"]; from: number }

/** A wait that is over within this time (ms) is not worth a word. */
export const momentary = 500

/** How far a guess may go by itself: what has not been told is not done. */
const guessed = 0.95
/** How much of a start that ends with a loaded model is the server's. */
const serverShare = 0.6

/** What is known once there are news. `before` is what was known until then. */
export function hear(before: Queue | undefined, news: QueueNews, now: number, exact: boolean): Queue {
  const present = before?.legs.at(-1)
  if (before && present?.reason === news.reason) {
    return { ...before, news, at: now, least: progressOf(before, now) ?? before.least }
  }
  const legs = [...(before?.legs ?? []), { reason: news.reason, from: now }]
  const queue: Queue = { news, at: now, legs, exact: before?.exact ?? exact, least: 0 }
  // A model that is loaded by the server that was started for it goes on with the same bar.
  const goesOn = before !== undefined && startOf(queue).length > 1
  return goesOn ? { ...queue, least: progressOf(before, now) ?? before.least } : queue
}

/** Since when it waits, for who shows nothing `momentary`: a page that found the run under way has seen enough of it. */
export function waitingSince(queue: Queue | undefined): number | undefined {
  return queue?.exact === false ? 0 : queue?.legs[0]?.from
}

/** The legs of the server's start that is waited for: none, where no server is started. */
export function startOf({ legs }: Queue): readonly Leg[] {
  const at = legs.findLastIndex(({ reason }) => reason === "starting")
  const since = at < 0 ? [] : legs.slice(at)
  return since.some(({ reason }) => reason === "position") ? [] : since
}

/** How far it is, from 0 to 1: between two events it goes on as fast as the last one promised, and it never goes back. */
export function progressOf(queue: Queue, now: number): number | undefined {
  const { reason } = queue.news
  if (reason === "position") return undefined
  const told = toldProgress(queue, now)
  if (told === undefined) return queue.least > 0 ? queue.least : undefined
  if (startOf(queue).length === 0) return Math.max(queue.least, told)
  return Math.max(queue.least, reason === "starting" ? told * serverShare : serverShare + told * (1 - serverShare))
}

/** Milliseconds that are left of what was promised; 0 when it should be over. */
export function leftOf({ news, at }: Queue, now: number): number | undefined {
  return news.etaMs === undefined ? undefined : Math.max(0, news.etaMs - (now - at))
}

function toldProgress({ news: { progress, etaMs }, at, legs }: Queue, now: number): number | undefined {
  if (etaMs === undefined) return progress
  const since = now - at
  if (progress !== undefined) return progress + (1 - progress) * portion(since, etaMs)
  const spent = at - (legs.at(-1)?.from ?? at)
  return portion(spent + since, spent + etaMs)
}

const portion = (part: number, whole: number): number => Math.min(guessed, whole <= 0 ? guessed : part / whole)
