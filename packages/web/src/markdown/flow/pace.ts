/** A burst of text: it is to be shown at `due`, and must be at `latest`. */
type Burst = { readonly end: number; readonly due: number; readonly latest: number }

/**
 * Spreads text that comes in bursts evenly over time. Each burst has a time by which it is to be shown: at every moment
 * the text flows at the lowest speed that keeps this for all bursts that wait, so the speed changes little. Times are
 * milliseconds of any clock that never goes back.
 */
export class Pace {
  private bursts: Burst[] = []
  private shown = 0
  private received = 0
  private late = 0
  private now = 0

  /** The text has so many characters now, no fewer than before, and these are the times for the new ones. */
  receive(length: number, now: number, due: number, latest = due): void {
    this.advance(now)
    if (length > this.received) this.bursts.push({ end: length, due, latest })
    this.received = length
  }

  /** The text has so many characters, and all of them are shown at once. */
  skip(length: number): void {
    this.bursts = []
    this.shown = this.received = this.late = length
  }

  /** How many characters to show now; never fewer than the last time. */
  visible(now: number): number {
    this.advance(now)
    return Math.floor(this.shown)
  }

  /** How many characters must be shown at a time, and not only at the next one after it. */
  neededBy(time: number): number {
    return this.bursts.reduce((most, { end, latest }) => (latest <= time ? Math.max(most, end) : most), this.late)
  }

  private advance(now: number): void {
    let from = this.now
    this.now = Math.max(this.now, now)
    for (let urgent = this.mostUrgent(from); urgent; urgent = this.mostUrgent(from)) {
      const until = Math.min(urgent.burst.due, this.now)
      this.shown = Math.max(this.shown, Math.min(urgent.burst.end, this.shown + urgent.speed * (until - from)))
      from = Math.max(from, until)
      this.settle(from)
      if (from >= this.now) return
    }
  }

  /** Takes out the bursts whose time has come: they are shown. */
  private settle(now: number): void {
    const due = this.bursts.filter((burst) => burst.due <= now)
    this.bursts = this.bursts.filter((burst) => burst.due > now)
    for (const { end } of due) this.late = Math.max(this.late, end)
    this.shown = Math.max(this.shown, this.late)
  }

  /** The burst that asks for the highest speed, in characters per millisecond. */
  private mostUrgent(from: number): { burst: Burst; speed: number } | undefined {
    let urgent: { burst: Burst; speed: number } | undefined
    for (const burst of this.bursts) {
      const speed = (burst.end - this.shown) / Math.max(burst.due - from, 0.001)
      if (!urgent || speed > urgent.speed) urgent = { burst, speed }
    }
    return urgent
  }
}

/**
 * Where to cut a text that is shown up to a place: before the word the place is in, so that a line breaks before a word
 * and not within it. Long words and scripts without spaces are cut where the place is.
 */
export function wordEnd(text: string, place: number): number {
  if (place >= text.length) return text.length
  for (let end = place; end > Math.max(0, place - 24); end--) {
    const code = text.charCodeAt(end - 1)
    if (code <= 32) return end
    if (code > 0x2e80) break
  }
  const split = (text.charCodeAt(place - 1) & 0xfc00) === 0xd800
  return split ? place - 1 : place
}
