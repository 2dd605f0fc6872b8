import type { ModelEvent, ModelProvider, ModelRequest } from "../../model/provider.ts"
import { OmniError } from "../../protocol/error.ts"
import { BedrockAnswer } from "./answer.ts"
import { bedrockError, brokenOff } from "./failure.ts"
import type { BedrockModel } from "./model.ts"
import { converseInput, spaceAtEnd } from "./request.ts"
import type { ConverseStream } from "./wire.ts"

export type BedrockOptions = { models: readonly BedrockModel[]; converseStream: ConverseStream }

/** Models of Amazon Bedrock, reached by its Converse API. The list is what is configured. Text only. */
export function bedrockProvider({ models, converseStream }: BedrockOptions): ModelProvider {
  async function* stream(request: ModelRequest, signal: AbortSignal): AsyncGenerator<ModelEvent, void, undefined> {
    const model = models.find(({ id }) => id === request.model)
    if (model === undefined) {
      throw new OmniError("model_not_found", `Bedrock's model "${request.model}" is not configured here.`)
    }
    const answer = new BedrockAnswer(model.id, spaceAtEnd(request))
    const input = converseInput(model, request)
    let begun = false
    try {
      for await (const event of converseStream(input, signal)) {
        begun = true
        for (const told of answer.take(event)) yield told
      }
    } catch (thrown) {
      if (signal.aborted) throw signal.reason
      // After the end mark only the count of tokens is missing.
      if (!answer.stopped) throw begun ? brokenOff(model.id, thrown) : bedrockError(model.id, thrown)
    }
    if (signal.aborted) throw signal.reason
    yield answer.finish()
  }

  return {
    id: "bedrock",
    list: () => Promise.resolve(models.map(({ maxOutputTokens: _most, ...model }) => model)),
    stream,
  }
}
