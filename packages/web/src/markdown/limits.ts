/** What a hostile or broken answer may cost. Beyond a limit the words are still shown, as plain text. */
export const limits = {
  /** Quotes, lists, items and footnotes within each other; deeper markers are text. */
  containers: 32,
  /** Emphasis and links within each other; deeper ones are left out, their words stay. */
  marks: 24,
  /** Characters of one paragraph, heading or cell that are searched for marks. */
  inline: 10_000,
  /** Characters of plain text in one box of its own, so that a browser lays out a long text box by box. */
  box: 4_000,
  /** Columns of a table; with more it stays a paragraph. */
  columns: 64,
  /** Blocks and cells of a text; the lines after them are one paragraph. A real answer has a few hundred. */
  pieces: 30_000,
  /** Characters of a formula in a box of its own, and of one within a line; a longer one shows its source. */
  formula: 4_000,
  inlineFormula: 1_000,
  /** Braces within each other in one formula. */
  braces: 40,
  /** Characters of one code block that are coloured. */
  colours: 60_000,
  /** Characters of one line of code that are coloured. */
  line: 2_000,
} as const
