/** Resolves true when the work is done, false when that takes longer than `ms` milliseconds. The process stays for it. */
export function within(ms: number, work: Promise<unknown>): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(false), ms)
    work
      .then(() => resolve(true), reject)
      .finally(() => clearTimeout(timer))
      .catch(reject)
  })
}
