/** The end of a line: where its words end and where the next line begins. */
export type LineEnd = { readonly at: number; readonly next: number }

const lineEnd = /\r\n?|\n/g

/**
 * The first line end at or behind a place in a text that may go on. A carriage return at its very end may be half of a
 * line end, so it is none yet.
 */
export function findLineEnd(text: string, from: number): LineEnd | undefined {
  lineEnd.lastIndex = from
  const found = lineEnd.exec(text)
  if (!found || (found[0] === "\r" && lineEnd.lastIndex === text.length)) return undefined
  return { at: found.index, next: lineEnd.lastIndex }
}

/**
 * Whether an unfinished line holds nothing but marks whose meaning its next character decides: `-` may become an item, a
 * rule or the underline of a heading, and a fence does not name its language before it ends. Such a line is not drawn
 * yet, so that nothing turns into something else.
 */
export function isUndecided(line: string): boolean {
  return line.length <= 300 && undecided.test(line)
}

const undecided =
  /^[\s>]*(?:(?:[-+*]|\d{1,9}[.)])[ \t]+)*(?:\[[ xX]?\]?|[-+*_=#~`$\\]+|\\\[|[-|: \t]+|\d{1,9}[.)]?|(?:```|~~~)[^`]*)?\s*$/
