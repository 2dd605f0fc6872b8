import { createContext, useContext } from "solid-js"
import { createStore } from "solid-js/store"
import type { ChatId } from "@omnichat/core/protocol/id"
import type { Keep } from "../runtime/keep.ts"

/** Somebody wants a model chosen. On a wide screen the list opens under `anchor`. */
export type PickRequest = { anchor: DOMRect | undefined; chosen: string | undefined; onPick: (model: string) => void }

export type StageState = {
  /** On a phone: the chat list lies over the chat. */
  sheet: boolean
  /** On a wide screen: the chat list is folded away. */
  folded: boolean
  overlay?: "palette" | "shortcuts"
  pick?: PickRequest
  /** The chat whose title is being written in the list. */
  renaming?: ChatId
  /** The next message goes into a chat that leaves no trace. */
  temporary: boolean
}

/** What can be done with the chat on the screen; without an action there is nothing to do it with. */
export type StageActions = {
  readonly stop?: () => boolean
  readonly editLast?: () => boolean
  readonly again?: (() => void) | undefined
  readonly againWith?: (() => void) | undefined
}

/** What lies over or beside the screens, and who opens it. */
export interface Stage {
  readonly state: StageState
  set(change: Partial<{ [Key in keyof StageState]: StageState[Key] | undefined }>): void
  fold(folded: boolean): void
  /** Shows the chat list, wherever it is at this width. */
  showList(): void
  /** What Escape stops, and what edits the last message: the chat on the screen says so. */
  actions: StageActions
}

export const narrow = () => matchMedia("(max-width: 47.99rem)").matches

export function createStage(keep: Keep): Stage {
  const [state, set] = createStore<StageState>({
    sheet: false,
    folded: keep.read("folded") === true,
    temporary: false,
  })
  const stage: Stage = {
    state,
    set: (change) => set(change as Partial<StageState>),
    fold(folded) {
      set({ folded })
      keep.write("folded", folded)
    },
    showList() {
      if (narrow()) set({ sheet: true })
      else stage.fold(false)
    },
    actions: {},
  }
  return stage
}

const StageContext = createContext<Stage>()

export const StageProvider = StageContext.Provider

export function useStage(): Stage {
  const stage = useContext(StageContext)
  if (!stage) throw new Error("useStage needs a StageProvider above it")
  return stage
}
