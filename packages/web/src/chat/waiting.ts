import type { Queue } from "../runtime/conversation/turn.ts"
import { duration } from "./meta.ts"

/** Silence below this (ms) is a model's usual pause for breath. */
const patience = 3000

/** What an answer without words is waiting for; undefined while there is nothing to say about it. */
export type Waiting = { title: string; left?: string; progress?: number }

export function waitingFor(queue: Queue | undefined, name: string, since: number, now: number): Waiting | undefined {
  if (!queue) {
    return now - since < patience ? undefined : { title: `Waiting for ${name}`, left: duration(now - since) }
  }
  const left = leftOf(queue)
  return {
    title: titleOf(queue, name),
    ...(left !== undefined && { left }),
    ...(queue.progress !== undefined && { progress: queue.progress }),
  }
}

function titleOf(queue: Queue, name: string): string {
  switch (queue.reason) {
    case "position":
      return queue.position === undefined ? "In line" : `${ordinal(queue.position)} in line`
    case "loading":
      return `Loading ${name}`
    case "starting":
      return "Starting a GPU"
  }
}

function leftOf({ progress, etaMs }: Queue): string | undefined {
  const percent = progress === undefined ? undefined : `${Math.round(progress * 100)} %`
  const eta = etaMs === undefined ? undefined : duration(etaMs)
  if (percent !== undefined && eta !== undefined) return `${percent}, ${eta} left`
  return percent ?? (eta === undefined ? undefined : `about ${eta}`)
}

const words = ["Next", "First", "Second", "Third", "Fourth", "Fifth", "Sixth", "Seventh", "Eighth", "Ninth", "Tenth"]

function ordinal(position: number): string {
  return words[position] ?? `Number ${position}`
}
