/** What is counted and timed. Names are Prometheus names without the `omnichat_` prefix; labels are few and bounded. */
export interface Metrics {
  count(name: CounterName, labels?: Record<string, string>, by?: number): void
  /** Seconds, or tokens per second. */
  observe(name: HistogramName, value: number, labels?: Record<string, string>): void
}
export type CounterName = "runs_started_total" | "runs_ended_total" | "runs_fenced_total" | "output_tokens_total"
export type HistogramName =
  | "first_token_seconds"
  | "run_seconds"
  | "queue_seconds"
  | "tokens_per_second"
  | "queue_wait_seconds"
  | "model_load_seconds"
