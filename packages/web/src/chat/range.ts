/**
 * Which turns of a path are drawn: from `from` to `to`, both keys and both drawn, `undefined` for its end. A long chat
 * is drawn where one looks and grows from there, a few turns at a time.
 */
export type Range = { from: string | undefined; to: string | undefined }

/** The turns at the end, as many as are drawn at once. */
export function atEnd(path: readonly string[], count: number): Range {
  return { from: path.at(-count) ?? path[0], to: undefined }
}

/** The turns around one, to which a reader comes back; the end, when it is not there any more. */
export function around(path: readonly string[], key: string | undefined, count: number): Range {
  const at = key === undefined ? -1 : path.indexOf(key)
  if (at < 0) return atEnd(path, count)
  const last = at + count
  return { from: path[Math.max(0, at - 2)], to: last >= path.length - 1 ? undefined : path[last] }
}

/** The keys to draw. A range that has lost its first turn to another branch begins at the end anew. */
export function drawn(path: readonly string[], range: Range, count: number): string[] {
  const from = range.from === undefined ? -1 : path.indexOf(range.from)
  if (from < 0) return path.slice(-count)
  const to = range.to === undefined ? -1 : path.indexOf(range.to)
  return path.slice(from, to < 0 ? path.length : to + 1)
}

/** A step further up; undefined when the first turn is drawn already. */
export function up(path: readonly string[], range: Range, count: number): Range | undefined {
  const from = range.from === undefined ? -1 : path.indexOf(range.from)
  return from > 0 ? { ...range, from: path[Math.max(0, from - count)] } : undefined
}

/** A step further down; undefined when the last turn is drawn already. */
export function down(path: readonly string[], range: Range, count: number): Range | undefined {
  const to = range.to === undefined ? -1 : path.indexOf(range.to)
  if (to < 0) return undefined
  const next = to + count
  return { ...range, to: next >= path.length - 1 ? undefined : path[next] }
}
