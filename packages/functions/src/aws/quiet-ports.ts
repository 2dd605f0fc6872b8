import type { Metrics } from "@omnichat/core/metrics"
import type { Wake } from "@omnichat/core/run/wake"

/** No hints: whoever waits here and whoever acts are two processes, and looking by oneself is what is left. */
export const noWake: Wake = { notify: () => {}, listen: () => () => {}, isHeard: () => false }

/**
 * Nothing is counted: a custom metric has a price every month, and the log line of each run's end says the same
 * (status, tokens, milliseconds), to be counted by who asks.
 */
export const noMetrics: Metrics = { count: () => {}, observe: () => {} }
