/**
 * A piece of state that changes only through recipes: in the app a Solid store whose readers notice, in tests a plain
 * object. The runtime knows nothing else of the view.
 */
export interface Holder<State extends object> {
  readonly state: State
  /** The same state for reading much of it at once. Who reads it so is not told of changes, and must change nothing. */
  readonly raw: State
  change(recipe: (draft: State) => void): void
}

export type MakeHolder = <State extends object>(initial: State) => Holder<State>

export const plainHolder: MakeHolder = (initial) => ({
  state: initial,
  raw: initial,
  change: (recipe) => recipe(initial),
})
