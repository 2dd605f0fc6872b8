import type { ChosenModel } from "../model/models.ts"
import type { ModelMessage } from "../model/provider.ts"
import type { Journal } from "./journal.ts"
import type { RunRequest } from "./record.ts"

/** What a turn reads before it asks the model. */
export type Preparation = {
  question: Promise<Question>
  /** The journal as it is now that the run is ours. */
  journal(): Promise<Journal>
}

/** Whom to ask, and what the model is shown. */
export type Question = { request: RunRequest; model: ChosenModel; messages: ModelMessage[] }
