/** One line of the table: what was measured, what it should be, and what others publish. */
export type Row = {
  figure: string
  /** What was seen, with its unit. */
  measured: string
  goal: string
  /** Undefined when it could not be measured here. */
  reached?: boolean
  /** Published figures of others, with their source. */
  peers?: string
  /** What a reader must know of how it was measured, one sentence each; printed below the table. */
  notes?: string[]
}

/** One thing `npm run bench` measures; some give several rows. */
export type Bench = (options: BenchOptions) => Promise<Row[]>

export type BenchOptions = {
  /** Shortened to see that it works: the figures are rough. */
  quick: boolean
}
