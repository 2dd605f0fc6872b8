/** Time. `now` is epoch milliseconds and never goes back while the process lives; leases are compared with it. */
export interface Clock {
  now(): number
  /** Resolves after `ms` milliseconds, or at once when `signal` is aborted. Never rejects, never keeps a process alive by itself. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

/** Time for those who begin and cancel many waits. */
export interface Timer {
  /** Calls `run` once after `ms` milliseconds; gives the function that cancels it. */
  after(ms: number, run: () => void): () => void
}
