/** How one question ended: with an answer, cut off after its first word, or why not. */
export type Outcome = { user: string; model: string; waited: number; end: string; error?: unknown }

export type Figures = {
  answered: number
  cut: number
  failed: number
  /** Milliseconds from asking to the first word. */
  median: number
  p90: number
  p99: number
  loads: number
  /** The mean wait of the user who waited most, as a multiple of the mean of all the others' mean waits. */
  worstUser: number
}

export function figuresOf(outcomes: readonly Outcome[], loads: number): Figures {
  const waits = Float64Array.from(outcomes, ({ waited }) => waited).sort()
  const at = (part: number): number => waits[Math.max(0, Math.ceil(waits.length * part) - 1)] ?? Number.NaN
  const count = (end: (end: string) => boolean): number => outcomes.filter((each) => end(each.end)).length
  return {
    answered: count((end) => end === "answered"),
    cut: count((end) => end === "cut"),
    failed: count((end) => end !== "answered" && end !== "cut"),
    median: at(0.5),
    p90: at(0.9),
    p99: at(0.99),
    loads,
    worstUser: worstUser(outcomes),
  }
}

function worstUser(outcomes: readonly Outcome[]): number {
  const waits = new Map<string, number[]>()
  for (const { user, waited } of outcomes) waits.set(user, [...(waits.get(user) ?? []), waited])
  const means = Array.from(waits.values(), mean).sort((a, b) => b - a)
  const [worst = 0, ...others] = means
  return worst / mean(others)
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

const columns = ["scenario", "seed", "choice", "median s", "p90 s", "p99 s", "loads", "worst user", "cut", "failed"]

export type Line = { scenario: string; seed: number; choice: string; figures: Figures }

export function asTable(lines: readonly Line[]): string {
  const seconds = (ms: number): string => (ms / 1000).toFixed(2)
  const rows = lines.map(({ scenario, seed, choice, figures: f }) => [
    ...[scenario, String(seed), choice, seconds(f.median), seconds(f.p90), seconds(f.p99), String(f.loads)],
    ...[`${f.worstUser.toFixed(2)}×`, String(f.cut), String(f.failed)],
  ])
  const widths = columns.map((name, at) => Math.max(name.length, ...rows.map((row) => row[at]?.length ?? 0)))
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(" | ")} |`
  return [line(columns), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n")
}
