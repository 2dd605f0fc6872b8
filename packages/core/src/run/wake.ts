/**
 * A hint that something about a run changed (a flag was set, events were appended), so that a waiter need not poll for
 * it. Hints may be lost: whoever waits also gives a time after which it looks by itself.
 */
export interface Wake {
  notify(topic: string): void
  /** Resolves on the next hint for the topic, after `ms` milliseconds, or at once when `signal` is aborted. Never rejects. */
  wait(topic: string, ms: number, signal?: AbortSignal): Promise<void>
}
