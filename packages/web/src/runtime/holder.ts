/**
 * A piece of state that changes only through recipes: in the app a Solid store whose readers notice, in tests a plain
 * object. The runtime knows nothing else of the view.
 */
export interface Holder<State extends object> {
  readonly state: State
  change(recipe: (draft: State) => void): void
}

export type MakeHolder = <State extends object>(initial: State) => Holder<State>

export const plainHolder: MakeHolder = (initial) => ({
  state: initial,
  change: (recipe) => recipe(initial),
})
