/** Smaller models load in a time that says nothing of the disk. In bytes. */
const leastBytes = 50e6

/** How fast this machine loads models, from the loads that were seen. */
export class LoadRate {
  #bytesPerSecond: number
  #seen = false

  constructor(bytesPerSecond: number) {
    this.#bytesPerSecond = bytesPerSecond
  }

  /** What a load of so many bytes is thought to take, in milliseconds. */
  expected(bytes: number): number {
    return (bytes / this.#bytesPerSecond) * 1000
  }

  /** A load has taken so long; the last ones count most, for the first of a model comes from the disk and others may not. */
  note(bytes: number, ms: number): void {
    if (bytes < leastBytes || ms <= 0) return
    const rate = (bytes / ms) * 1000
    this.#bytesPerSecond = this.#seen ? (this.#bytesPerSecond + rate) / 2 : rate
    this.#seen = true
  }
}
