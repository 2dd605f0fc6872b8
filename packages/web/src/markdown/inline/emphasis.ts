export type Mark = "strong" | "emphasis" | "deleted"

/** A run of `*`, `_` or `~~`, in a list with its neighbours; `opens` and `closes` are what became of its characters. */
export type Run = {
  readonly character: string
  readonly length: number
  readonly canOpen: boolean
  readonly canClose: boolean
  /** Where the run stands in its text. */
  readonly at: number
  /** Characters that are still just characters. */
  left: number
  /** From the innermost mark to the outermost. */
  readonly opens: Mark[]
  readonly closes: Mark[]
  before: Run | undefined
  after: Run | undefined
}

/** The runs whose meaning is still open, in their order. */
export class Runs {
  last: Run | undefined

  add(run: Run): void {
    run.before = this.last
    if (this.last) this.last.after = run
    this.last = run
  }

  /** Pairs the runs behind `bottom` (all of them without one), as the CommonMark specification describes it. */
  pair(bottom?: Run): void {
    // For each kind of closing run: before this place there is nothing it could pair with.
    const floors = new Map<string, number>()
    let closer = this.firstAfter(bottom)
    while (closer) {
      const next: Run | undefined = closer.after
      if (!closer.canClose) {
        closer = next
        continue
      }
      const key = `${closer.character}${closer.canOpen}${closer.length % 3}`
      const opener = findOpener(closer, floors.get(key) ?? 0, bottom)
      if (opener) {
        this.cutBetween(opener, closer)
        joinRuns(opener, closer)
        if (opener.left === 0) this.remove(opener)
        if (closer.left > 0) continue
        this.remove(closer)
      } else {
        floors.set(key, closer.at)
        if (!closer.canOpen) this.remove(closer)
      }
      closer = next
    }
  }

  /** Forgets the runs behind `bottom`: they can pair with nothing any more. */
  cut(bottom?: Run): void {
    this.last = bottom
    if (bottom) bottom.after = undefined
  }

  private firstAfter(bottom: Run | undefined): Run | undefined {
    let first = this.last === bottom ? undefined : this.last
    while (first?.before && first.before !== bottom) first = first.before
    return first
  }

  private cutBetween(opener: Run, closer: Run): void {
    opener.after = closer
    closer.before = opener
  }

  private remove(run: Run): void {
    if (run.before) run.before.after = run.after
    if (run.after) run.after.before = run.before
    else this.last = run.before
  }
}

function findOpener(closer: Run, floor: number, bottom: Run | undefined): Run | undefined {
  for (let run = closer.before; run && run !== bottom && run.at >= floor; run = run.before) {
    if (run.character !== closer.character || !run.canOpen) continue
    const both = closer.canOpen || run.canClose
    const thirds = (run.length + closer.length) % 3 === 0 && (run.length % 3 !== 0 || closer.length % 3 !== 0)
    if (!both || !thirds) return run
  }
  return undefined
}

function joinRuns(opener: Run, closer: Run): void {
  const used = opener.left >= 2 && closer.left >= 2 ? 2 : 1
  const mark = opener.character === "~" ? "deleted" : used === 2 ? "strong" : "emphasis"
  opener.left -= used
  closer.left -= used
  opener.opens.push(mark)
  closer.closes.push(mark)
}

/** The run that begins at a place: how long it is and whether it may open or close, from the characters around it. */
export function readRun(text: string, at: number): Run {
  const character = text[at] ?? ""
  let end = at
  while (text[end] === character) end++
  const before = characterBefore(text, at)
  const after = characterAt(text, end)
  const opens = !isSpace(after) && (!isSign(after) || isSpace(before) || isSign(before) || isWide(before))
  const closes = !isSpace(before) && (!isSign(before) || isSpace(after) || isSign(after) || isWide(after))
  const word = character === "_"
  const length = end - at
  const known = character !== "~" || length === 2
  return {
    character,
    length,
    canOpen: known && opens && (!word || !closes || isSign(before)),
    canClose: known && closes && (!word || !opens || isSign(after)),
    at,
    left: length,
    opens: [],
    closes: [],
    before: undefined,
    after: undefined,
  }
}

function characterAt(text: string, at: number): string {
  const code = text.codePointAt(at)
  return code === undefined ? "" : String.fromCodePoint(code)
}

function characterBefore(text: string, at: number): string {
  const pair = at >= 2 ? characterAt(text, at - 2) : ""
  return pair.length === 2 ? pair : text.slice(Math.max(0, at - 1), at)
}

function isSpace(character: string): boolean {
  return character === "" || /^\s$/.test(character)
}

function isSign(character: string): boolean {
  return /^[\p{P}\p{S}]$/u.test(character) && !isWide(character)
}

/**
 * Characters of Chinese, Japanese and Korean: between them stand no spaces, so beside them `**` opens and closes where
 * the rules for spaces and punctuation would not let it.
 */
function isWide(character: string): boolean {
  return /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\u3000-\u303f\uff00-\uffef]$/u.test(
    character,
  )
}
