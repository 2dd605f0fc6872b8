import { leftOf, progressOf, startOf } from "../runtime/conversation/queue.ts"
import type { Queue, QueueNews } from "../runtime/conversation/queue.ts"
import { duration } from "./meta.ts"

/** Silence below this (ms) is a model's usual pause for breath. */
const patience = 3000

/** What an answer without words is waiting for, as it is drawn. */
export type Waiting = {
  title: string
  /** What is left, or how long it has been. */
  left?: string
  /** From 0 to 1; undefined for what has no bar, `unknown` for one that nothing is known of yet. */
  progress?: number | "unknown"
  text?: string
  /** What a server's start goes through. */
  steps: Step[]
  /** What a screen reader says of it: it changes with what is waited for and with the place in line, and not with time. */
  spoken?: string
}
export type Step = { label: string; state: "done" | "now" | "next"; amount?: string }

export type Waiter = {
  /** The model's name. */
  name: string
  /** Since when there are no words (epoch ms). */
  since: number
  now: number
  /** The chat is in no list: who leaves it does not find it again. */
  temporary: boolean
}

/** Undefined while there is nothing to say about it. */
export function waitingFor(queue: Queue | undefined, waiter: Waiter): Waiting | undefined {
  const { name, since, now } = waiter
  if (!queue) {
    if (now - since < patience) return undefined
    return { title: `Waiting for ${name}`, left: duration(now - since), steps: [] }
  }
  const { news } = queue
  const starts = startOf(queue).length > 0
  const title = starts ? "Starting a GPU" : titleOf(news, name)
  const left = leftIn(queue, starts, now)
  const leave = waiter.temporary ? "" : " You can leave; the answer will be here."
  return {
    title,
    ...(left !== undefined && { left }),
    ...(news.reason !== "position" && { progress: progressOf(queue, now) ?? "unknown" }),
    text: textOf(starts ? "starting" : news.reason, name) + leave,
    steps: starts ? stepsOf(queue, now) : [],
    spoken: starts && news.reason === "loading" ? `Server is up, loading ${name}` : title,
  }
}

function titleOf({ reason, position }: QueueNews, name: string): string {
  if (reason === "loading") return `Loading ${name}`
  if (reason === "starting") return "Starting a GPU"
  return position === undefined ? "In line" : `${ordinal(position)} in line`
}

function textOf(reason: QueueNews["reason"], name: string): string {
  switch (reason) {
    case "position":
      return `Every place at ${name} is taken.`
    case "loading":
      return "It is read into memory first."
    case "starting":
      return `${name} was asleep.`
  }
}

/** Of a start the steps below say how far they are. */
function leftIn(queue: Queue, starts: boolean, now: number): string | undefined {
  const ms = leftOf(queue, now)
  const left = ms === undefined ? undefined : ms < 1000 ? "any moment" : duration(rounded(ms))
  const { progress } = queue.news
  if (progress === undefined || starts) return left === undefined || ms === 0 ? left : about(left)
  const percent = `${percentOf(progressOf(queue, now) ?? progress)} %`
  return left === undefined || left === "any moment" ? percent : `${percent}, ${left} left`
}

const about = (left: string): string => (left === "any moment" ? left : `about ${left}`)

/** From a minute on the seconds go by fives: nobody knows them better. */
const rounded = (ms: number): number => (ms < 60_000 ? ms : Math.round(ms / 5000) * 5000)

const percentOf = (progress: number): number => Math.floor(progress * 100)

function stepsOf(queue: Queue, now: number): Step[] {
  const [server, load] = startOf(queue)
  if (server === undefined) return []
  const spent = (ms: number) => (queue.exact && ms >= 1000 ? { amount: duration(ms) } : {})
  if (load === undefined) {
    return [
      { label: "Starting a server", state: "now", ...spent(now - server.from) },
      { label: "Loading into memory", state: "next" },
    ]
  }
  const { progress } = queue.news
  return [
    { label: "Server is up", state: "done", ...spent(load.from - server.from) },
    {
      label: "Loading into memory",
      state: "now",
      ...(progress === undefined ? spent(now - load.from) : { amount: `${percentOf(progress)} %` }),
    },
  ]
}

const words = ["Next", "Next", "Second", "Third", "Fourth", "Fifth", "Sixth", "Seventh", "Eighth", "Ninth", "Tenth"]

function ordinal(position: number): string {
  return words[position] ?? `Number ${position}`
}
