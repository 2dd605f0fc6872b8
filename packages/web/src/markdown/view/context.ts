import type { Scope } from "../inline/parse.ts"

/** What the parts of one drawn text share. */
export type Context = {
  /** Definitions and footnotes known at the moment. */
  scope: Scope
  readonly caret: Element
  /** Pieces that name what is not defined yet; the text may end with the definition. */
  readonly waiting: Map<Waiting, ReadonlySet<string>>
  /** Where the footnotes stand, by their keys. */
  readonly footnotes: Map<string, HTMLElement>
}

export type Waiting = { redraw(): void }
