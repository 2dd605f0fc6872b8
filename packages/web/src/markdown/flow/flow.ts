import { Pace, wordEnd } from "./pace.ts"

/** What a flow needs of its surroundings; times in milliseconds. */
export type Stage = {
  now(): number
  /** Calls back once, when the delay is over and the next picture is about to be painted; returns how to call it off. */
  after(delay: number, callback: () => void): () => void
  /** Whether text is to come as it is, unpaced. */
  calm(): boolean
}

export type Drawing = { draw(text: string, growing: boolean): void }

/** The time between two pictures of a growing text, in milliseconds. */
export const interval = 48
/** How late a character may be shown at most, in milliseconds. */
export const lag = 150
/** The part of the time that drawing may take: what is slow to draw is drawn less often. */
const share = 0.04
/** Characters drawn in one step; a longer text comes in several, so that none of them is long. */
const step = 24_000

/** Brings a text to a drawing: what is there at first at once, and evenly what comes while it grows. */
export class Flow {
  private readonly drawing: Drawing
  private readonly stage: Stage
  // A picture may be painted an interval after a character is due, and a frame after that.
  private readonly pace = new Pace(lag - interval - 17)
  private text: string | undefined
  private growing = false
  private drawn = { length: 0, growing: true }
  private earliest = 0
  private cancel: (() => void) | undefined

  constructor(drawing: Drawing, stage: Stage) {
    this.drawing = drawing
    this.stage = stage
  }

  /** Takes the text as it is now, and whether more of it may come. */
  set(text: string, growing: boolean): void {
    const continued = this.text !== undefined && text.startsWith(this.text)
    if (this.text === text && this.growing === growing) return
    this.text = text
    this.growing = growing
    if (continued && !this.stage.calm()) this.pace.receive(text.length, this.stage.now())
    else this.pace.skip(text.length)
    if (continued) return this.schedule()
    this.drawn = { length: 0, growing: true }
    this.draw()
  }

  /** Draws nothing any more. */
  stop(): void {
    this.cancel?.()
    this.cancel = undefined
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
    const place = Math.max(wordEnd(text, pace.visible(start)), pace.due, this.drawn.length)
    const length = Math.min(place, this.drawn.length + step)
    const growing = this.growing || length < text.length
    if (length !== this.drawn.length || growing !== this.drawn.growing) {
      this.drawing.draw(text.slice(0, length), growing)
      this.drawn = { length, growing }
    }
    const cost = this.stage.now() - start
    this.earliest = start + (length < place ? cost * 2 : Math.max(interval, cost / share))
    if (length < text.length) this.schedule()
  }
}
