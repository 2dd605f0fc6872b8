/** One line of the table: what was measured, what it should be, and what others publish. */
export type Row = {
  figure: string
  /** What was seen, with its unit. */
  measured: string
  goal: string
  reached: boolean
  /** Published figures of others, with their source. */
  peers?: string
}

export function median(values: number[]): number {
  return quantile(values, 0.5)
}

export function quantile(values: number[], part: number): number {
  const sorted = Float64Array.from(values).sort()
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN
}

export function printTable(rows: Row[]): string {
  const lines = rows.map((row) => {
    const peers = row.peers === undefined ? "" : row.peers
    return `| ${row.figure} | **${row.measured}** | ${row.goal} | ${row.reached ? "yes" : "NO"} | ${peers} |`
  })
  return ["| figure | measured | goal | reached | others |", "| --- | --- | --- | --- | --- |", ...lines].join("\n")
}
