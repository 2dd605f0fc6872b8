import { Pace, wordEnd } from "./pace.ts"

/** What a flow needs of its surroundings; times in milliseconds. */
export type Stage = {
  now(): number
  /** Calls back once, when the delay is over and the page is seen; returns how to call it off. */
  after(delay: number, callback: () => void): () => void
  /** Tells, when the picture that has just been drawn is painted, what that has taken after the drawing. */
  painted(callback: (took: number) => void): void
  /** Whether text is to come as it is, unpaced. */
  calm(): boolean
}

export type Drawing = { draw(text: string, growing: boolean): void }

/** How late a character may be shown at most, in milliseconds, as long as drawing itself is not what takes the time. */
export const lag = 150
/** The part of the time that drawing and painting may take: where they are slow, pictures are fewer. */
const share = 0.03
/** The time between two pictures, in milliseconds: smooth where pictures are cheap, and never so long that it is seen. */
export const shortest = 32
export const longest = 120
const frame = 17
/** Every so manieth picture is timed: to time them all would be a part of what they cost. */
const timed = 4
/** Characters drawn in one step, and milliseconds for steps in one task; what is left comes with the next picture. */
const step = 4_000
const budget = 10

/** Brings a text to a drawing: what is there at first at once, and evenly what comes while it grows. */
export class Flow {
  private readonly drawing: Drawing
  private readonly stage: Stage
  private readonly pace = new Pace()
  private text: string | undefined
  private growing = false
  private drawn: { readonly length: number; readonly growing: boolean } | undefined
  /** What a picture costs, in milliseconds, as a moving average. */
  private cost = 1.2
  private pictures = 0
  private earliest = 0
  private cancel: (() => void) | undefined

  constructor(drawing: Drawing, stage: Stage) {
    this.drawing = drawing
    this.stage = stage
  }

  /** Takes the text as it is now, and whether more of it may come. */
  set(text: string, growing: boolean): void {
    if (this.text === text && this.growing === growing) return
    const continued = this.text !== undefined && text.startsWith(this.text)
    this.text = text
    this.growing = growing
    if (!continued) this.drawn = undefined
    if (!continued || this.stage.calm()) this.pace.skip(text.length)
    else this.receive(text.length, this.stage.now())
    if (continued) this.schedule()
    else this.draw()
  }

  /** Draws nothing any more. */
  stop(): void {
    this.cancel?.()
    this.cancel = undefined
  }

  private receive(length: number, now: number): void {
    const latest = now + lag - frame
    this.pace.receive(length, now, latest - this.interval, latest)
  }

  private get interval(): number {
    return Math.min(longest, Math.max(shortest, this.cost / share))
  }

  private schedule(): void {
    this.cancel ??= this.stage.after(Math.max(0, this.earliest - this.stage.now()), () => {
      this.cancel = undefined
      this.draw()
    })
  }

  private draw(): void {
    const { text = "", pace } = this
    const start = this.stage.now()
    const next = start + this.interval
    const flowing = wordEnd(text, pace.visible(start))
    const place = Math.max(flowing, pace.neededBy(next + frame), this.drawn?.length ?? 0)
    let drew = false
    while (this.drawStep(place)) {
      drew = true
      if (this.stage.now() - start > budget) break
    }
    if (drew && this.pictures++ % timed === 0) {
      const drawing = this.stage.now() - start
      this.stage.painted((painting) => (this.cost += (drawing + painting - this.cost) / 4))
    }
    const length = this.drawn?.length ?? 0
    this.earliest = length < place ? start : next
    if (length < text.length) this.schedule()
  }

  /** Draws a step towards a place in the text; false when there is nothing to draw. */
  private drawStep(place: number): boolean {
    const { text = "", drawn } = this
    const length = Math.min(place, (drawn?.length ?? 0) + step)
    const growing = this.growing || length < text.length
    if (length === drawn?.length && growing === drawn.growing) return false
    this.drawing.draw(text.slice(0, length), growing)
    this.drawn = { length, growing }
    return true
  }
}
