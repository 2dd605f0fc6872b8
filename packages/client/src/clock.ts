import { onReachable } from "./reachable.ts"

/** What the client takes from the world besides `fetch` and `WebSocket`. Tests bring one that stands still. */
export type Clock = {
  /** Milliseconds since some fixed moment; never goes back. */
  now(): number
  /** Runs `run` once, in `ms` milliseconds. Gives back what prevents it. */
  timer(ms: number, run: () => void): () => void
  /** From 0 to below 1: jitter. */
  random(): number
  /** Tells when there is a new reason to believe that the server can be reached. Gives back what ends that. */
  onReachable(listener: () => void): () => void
}

export const realClock: Clock = {
  now: () => performance.now(),
  timer: (ms, run) => {
    const timer = setTimeout(run, ms)
    return () => clearTimeout(timer)
  },
  random: () => Math.random(),
  onReachable: (listener) => onReachable(listener, globalThis),
}

/** `ms` and up to a quarter more, so that many clients do not act in step. */
export function jittered(clock: Clock, ms: number): number {
  return ms * (1 + clock.random() / 4)
}
