import type { Clock } from "../../store/clock.ts"

/**
 * Runs something that ends when its signal is aborted, and aborts that after `ms` milliseconds with what `late` gives, or
 * with the reason of `signal`.
 */
export async function within<T>(
  clock: Clock,
  { ms, signal, late }: { ms: number; signal: AbortSignal; late: () => Error },
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const over = new AbortController()
  const done = new AbortController()
  const stop = () => over.abort(signal.reason)
  // Not AbortSignal.any: the signal outlives thousands of these.
  if (signal.aborted) stop()
  else signal.addEventListener("abort", stop, { once: true })
  void clock.sleep(ms, done.signal).then(() => {
    if (!done.signal.aborted) over.abort(late())
  })
  try {
    return await run(over.signal)
  } finally {
    done.abort()
    signal.removeEventListener("abort", stop)
  }
}
