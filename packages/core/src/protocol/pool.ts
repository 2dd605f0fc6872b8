/** The body of `GET /api/pool`: how the servers for open models are doing, for who runs the service. Times are ISO 8601. */
export type PoolView = {
  at: string
  servers: PoolServer[]
  /** Who waits, first in line first. */
  waiting: PoolWaiting[]
  /** Of a pool that starts its servers by itself. */
  scale?: PoolScale
  /** US dollars that the servers cost in an hour as they run now; absent where they cost nothing more. */
  dollarsPerHour?: number
}

/**
 * - `up`: takes work.
 * - `starting`: it was started and has not reported yet.
 * - `draining`: takes no new work and lets its answers end; `note` says why.
 * - `resting`: it failed several times in a row and is tried again in a moment.
 * - `lost`: nothing is heard of it.
 */
export type PoolServerState = "up" | "starting" | "draining" | "resting" | "lost"

export type PoolServer = {
  id: string
  /** As shown to people: without credentials. */
  address: string
  state: PoolServerState
  /** What is wrong, or why it is in this state, for the person who reads it. */
  note?: string
  models: PoolModel[]
  loading?: { model: string; progress?: number }
  /** Answers under way, and how many at once there can be; absent where the server decides that. */
  answers: { now: number; most?: number }
  gpu?: PoolGpu
  dollarsPerHour?: number
}

/** A model in memory. */
export type PoolModel = { name: string; bytes?: number; gpuBytes?: number; contextLength?: number }

/** `use` is from 0 to 1. */
export type PoolGpu = { name?: string; use?: number; memoryBytes?: number; memoryUsedBytes?: number }

export type PoolWaiting = {
  position: number
  model: string
  since: string
  reason: "position" | "loading" | "starting"
  etaMs?: number
}

export type PoolScale = {
  running: number
  most: number
  /** A server is being started. */
  starting?: { since: string; etaMs: number }
  /** Why the last start came to nothing. */
  failed?: { at: string; message: string }
}
