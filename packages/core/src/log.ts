/** Structured log lines: an event's name and facts. Never prompts, answers, tokens or secrets. */
export interface Log {
  debug(event: string, facts?: Facts): void
  info(event: string, facts?: Facts): void
  warn(event: string, facts?: Facts): void
  error(event: string, facts?: Facts): void
}
export type Facts = Record<string, string | number | boolean | undefined | null> & { error?: string }

/** A thrown thing as one log fact. */
export function describe(thrown: unknown): string {
  return thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown)
}
