/** The known model ids most like a wanted one, best first; none that have little in common with it. */
export function nearestIds(wanted: string, known: readonly string[], most = 3): string[] {
  const target = telling(wanted)
  const rank = (id: string): number => {
    const candidate = telling(id)
    if (candidate.includes(target) || target.includes(candidate)) return 0
    return distance(target, candidate) / Math.max(target.length, candidate.length)
  }
  return known
    .map((id) => ({ id, rank: rank(id) }))
    .filter((each) => each.rank <= 0.5)
    .toSorted((a, b) => a.rank - b.rank)
    .slice(0, most)
    .map((each) => each.id)
}

/** An id without what most ids share: the provider, and the tag that stands for none. */
const telling = (id: string): string =>
  id
    .toLowerCase()
    .replace(/^[^/]*\//, "")
    .replace(/:latest$/, "")

/** Levenshtein: the least number of letters to add, take out or change. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}
