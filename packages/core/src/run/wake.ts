/**
 * A hint that something about a run changed (a flag was set, events were appended), so that a waiter in the same process
 * need not poll for it. Hints never cross processes and may be lost: whoever waits also looks by itself after a while.
 */
export interface Wake {
  /** Calls the listeners of the topic, at once and in this tick. */
  notify(topic: string): void
  /** Gives the function that ends the listening. A listener does not throw. */
  listen(topic: string, listener: () => void): () => void
  /** Whether anybody in this process listens. */
  isHeard(topic: string): boolean
}

export const topics = {
  /** A flag or follower of the run changed. */
  state: (runId: string) => `state/${runId}`,
  /** Events of the run were appended. */
  events: (runId: string) => `events/${runId}`,
  /** This connection no longer follows the run. */
  unfollowed: (runId: string, connectionId: string) => `unfollowed/${runId}/${connectionId}`,
}
