import { OmniError } from "../protocol/error.ts"
import type { ChosenModel } from "./models.ts"
import type { ModelEvent, ModelRequest } from "./provider.ts"

/** One of several models that a question may go to. */
export type Target = {
  find(): Promise<Pick<ChosenModel, "name" | "provider">>
  /** Passed over when its answer would begin later than this (milliseconds). */
  waitAtMost?: number
  /** Hears why the next one is asked instead. */
  passed?(error: OmniError): void
}

/** What another model may do better: the one asked is not there, has no time, or broke down. */
const passing: ReadonlySet<string> = new Set([
  "model_unavailable",
  "upstream_failed",
  "model_not_found",
  "rate_limited",
])

/**
 * Asks the first target that answers. The next is asked when one is not there, would take too long, or fails before its
 * first event; after that never, for the reader has seen words. The last one's error is thrown; MustWait of any.
 */
export async function* askInOrder(
  targets: readonly Target[],
  request: ModelRequest,
  signal: AbortSignal,
): AsyncGenerator<ModelEvent, void, undefined> {
  for (const [at, { find, waitAtMost, passed }] of targets.entries()) {
    const isLast = at === targets.length - 1
    let begun = false
    try {
      const { name, provider } = await find()
      for await (const event of provider.stream(requestFor(request, name, isLast ? undefined : waitAtMost), signal)) {
        begun = true
        yield event
      }
      if (begun || isLast) return
      throw new OmniError("upstream_failed", `${name} ended its answer without a word.`)
    } catch (thrown) {
      const mayPass = thrown instanceof OmniError && passing.has(thrown.code)
      if (begun || isLast || signal.aborted || !mayPass) throw thrown
      passed?.(thrown)
    }
  }
}

function requestFor(request: ModelRequest, model: string, waitAtMost: number | undefined): ModelRequest {
  const { asker } = request
  if (asker === undefined || waitAtMost === undefined) return { ...request, model }
  return { ...request, model, asker: { ...asker, waitAtMost } }
}
