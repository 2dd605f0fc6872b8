/**
 * The level a heading is drawn at. Models begin with any number of `#`, and a page must not skip levels, so the first
 * heading of an answer is an h2 and each deeper one a single step down. `outline` holds the depths of the headings this
 * one stands under.
 */
export function nextLevel(
  outline: readonly number[],
  depth: number,
): { readonly level: number; readonly outline: readonly number[] } {
  const above = outline.filter((other) => other < depth)
  return { level: Math.min(2 + above.length, 6), outline: [...above, depth] }
}
