import type { ModelEvent, ModelProvider, ModelRequest } from "../../model/provider.ts"
import { OmniError } from "../../protocol/error.ts"
import { BedrockAnswer } from "./answer.ts"
import { bedrockError, brokenOff, isBusy, isSpent, simplerFor } from "./failure.ts"
import { fallbackOf, listed } from "./model.ts"
import type { BedrockModel } from "./model.ts"
import { converseInput, spaceAtEnd } from "./request.ts"
import type { Adaptation, Asked, RequestOptions } from "./request.ts"
import { attempts, pause } from "./retry.ts"
import type { Patience } from "./retry.ts"
import { eventsOfComing } from "./whole.ts"
import type { Converse, ConverseEvent, ConverseStream, GuardrailConfig } from "./wire.ts"

export type BedrockOptions = {
  /** What there is: a fixed list, or who tells it; that one keeps what it was told for a while. */
  models: readonly BedrockModel[] | ((signal: AbortSignal) => Promise<readonly BedrockModel[]>)
  converseStream: ConverseStream
  /** For models that stream nothing, or no calls of tools. Without it they get no tools. */
  converse?: Converse
  /** With it, a model that is busy is asked again for about 15 s, and then the one the table names in its stead. */
  patience?: Patience
  guardrail?: GuardrailConfig
  /** Whether tools and system text are cached for an hour where the model can. Default true. */
  cacheForAnHour?: boolean
  /** Hears that `to` is asked because `from` is busy. */
  onFallback?: (from: string, to: string) => void
}

/** Models of Amazon Bedrock, reached by its Converse API. */
export function bedrockProvider(options: BedrockOptions): ModelProvider {
  const { models, converseStream, converse, patience, onFallback } = options
  const modelsNow = async (signal: AbortSignal) => (typeof models === "function" ? models(signal) : models)
  const requestOptions: RequestOptions = { ...options, canBeWhole: converse !== undefined }

  /** No layer over a streamed answer: its events come by the thousand. */
  const ask = ({ input, whole }: Asked, signal: AbortSignal): AsyncIterable<ConverseEvent> =>
    whole && converse !== undefined ? eventsOfComing(converse(input, signal)) : converseStream(input, signal)

  /** The request to the model in this one's stead; undefined where there is none, or where it cannot take the request. */
  function instead(model: BedrockModel, known: readonly BedrockModel[], request: ModelRequest) {
    const other = fallbackOf(model, known)
    if (other === undefined) return undefined
    try {
      return { model: other, asked: converseInput(other, request, requestOptions) }
    } catch (thrown) {
      if (thrown instanceof OmniError) return undefined // The busy model's own error says more.
      throw thrown
    }
  }

  async function* stream(request: ModelRequest, signal: AbortSignal): AsyncGenerator<ModelEvent, void, undefined> {
    const known = await modelsNow(signal)
    let model = known.find(({ id }) => id === request.model)
    if (model === undefined) {
      throw new OmniError("model_not_found", `Bedrock's model "${request.model}" is not configured here.`)
    }
    let asked = converseInput(model, request, requestOptions)
    const { waitAtMost = Infinity } = request.asker ?? {}
    const began = patience?.clock.now() ?? 0
    /** Whoever would rather ask another than wait is not kept. */
    const hasTime = ({ clock }: Patience) => clock.now() - began < waitAtMost
    const tried = new Set([model.id])
    let adapted: Adaptation = {}
    for (let attempt = 1; ;) {
      const answer = new BedrockAnswer(model.id, asked.names, spaceAtEnd(request))
      const events: ModelEvent[] = []
      let begun = false
      let fault: unknown
      try {
        // This runs for every piece of every answer.
        for await (const event of ask(asked, signal)) {
          answer.take(event, events)
          if (events.length === 0) continue
          begun = true
          for (const told of events) yield told
          events.length = 0
        }
      } catch (thrown) {
        fault = thrown ?? new Error("an error without words")
      }
      if (signal.aborted) throw signal.reason
      // After the end mark only the count of tokens is missing.
      if (fault === undefined || answer.stopped) {
        yield answer.finish()
        return
      }
      if (begun) throw brokenOff(model.id, fault)
      const simpler = simplerFor(fault, asked.input)
      if (simpler !== undefined) {
        adapted = { ...adapted, ...simpler }
        asked = converseInput(model, request, { ...requestOptions, ...adapted })
        continue
      }
      if (!isBusy(fault)) throw bedrockError(model.id, fault)
      if (patience !== undefined && attempt < attempts && !isSpent(fault) && hasTime(patience)) {
        await pause(patience, attempt, signal)
        if (signal.aborted) throw signal.reason
        attempt += 1
        continue
      }
      const next = instead(model, known, request)
      if (next === undefined || tried.has(next.model.id)) throw bedrockError(model.id, fault)
      onFallback?.(model.id, next.model.id)
      tried.add(next.model.id)
      model = next.model
      asked = next.asked
      attempt = 1
      adapted = {}
    }
  }

  return {
    id: "bedrock",
    list: async (signal) => (await modelsNow(signal)).map(listed),
    stream,
  }
}
