export function median(values: ArrayLike<number>): number {
  return quantile(values, 0.5)
}

/** The smallest value that at least this part of the values does not exceed; NaN of none. */
export function quantile(values: ArrayLike<number>, part: number): number {
  const sorted = Float64Array.from(values).sort()
  return sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)] ?? Number.NaN
}
