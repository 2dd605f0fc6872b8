/** Where an arrow, Home or End key leads in a list of `count` that is at `at`; undefined for any other key. */
export function stepTo(key: string, at: number, count: number): number | undefined {
  if (count === 0) return undefined
  switch (key) {
    case "ArrowDown":
      return (at + 1) % count
    case "ArrowUp":
      return (at <= 0 ? count : at) - 1
    case "Home":
    case "PageUp":
      return 0
    case "End":
    case "PageDown":
      return count - 1
    default:
      return undefined
  }
}
