import type { ModelSummary } from "../protocol/http.ts"
import type { ModelProvider } from "./provider.ts"

/** What a run needs to know of models; the catalogue is its one implementation in the product. */
export interface Models {
  /** Every model there is now. Sources that cannot be asked add what they last had. */
  list(): Promise<ModelSummary[]>
  /** Throws OmniError `model_not_found` naming the nearest ids. A model of a silent server that was seen before is accepted. */
  find(id: string): Promise<ChosenModel>
}

export type ChosenModel = {
  /** The catalogue's id, normalised: `ollama/qwen3:latest`. */
  id: string
  /** The provider's own name. */
  name: string
  provider: ModelProvider
  /** Dollars per million output tokens; absent where nothing is paid. */
  outputPrice?: number
}
