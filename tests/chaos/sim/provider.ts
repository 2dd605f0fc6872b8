import type { Models } from "@omnichat/core/model/models"
import type { ModelEvent, ModelProvider } from "@omnichat/core/model/provider"
import { OmniError } from "@omnichat/core/protocol/error"
import type { Clock } from "@omnichat/core/store/clock"
import type { Process, World } from "./world.ts"

export type Script = {
  deltas: string[]
  /** Milliseconds between deltas. */
  gap: number
  end: "finish" | "cut" | "error" | "hang"
}

export const textOf = (script: Script): string => script.deltas.join("")

/** A model that says what the script has, one step at a time, in whichever process asks it. */
export function scriptedModels(world: World, process: Process, clock: Clock, script: Script): Models {
  const provider: ModelProvider = {
    id: "script",
    list: () => Promise.resolve([]),
    stream: (_request, signal) => speak(world, process, clock, script, signal),
  }
  return {
    list: () => Promise.resolve([]),
    find: (id) => Promise.resolve({ id, name: id, provider }),
  }
}

async function* speak(
  world: World,
  process: Process,
  clock: Clock,
  script: Script,
  signal: AbortSignal,
): AsyncGenerator<ModelEvent> {
  const step = (label: string): Promise<void> =>
    new Promise((resolve, reject) => {
      world.add(label, process, () => (signal.aborted ? reject(new Error("aborted")) : resolve()))
    })
  await step("model answers")
  yield { type: "text-start", id: "a" }
  for (const delta of script.deltas) {
    if (script.gap > 0) await clock.sleep(script.gap, signal)
    await step("model speaks")
    yield { type: "text-delta", id: "a", delta }
  }
  await step("model ends")
  if (script.end === "cut") return
  if (script.end === "error") throw new OmniError("upstream_failed", "the script says so")
  if (script.end === "hang") {
    await new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(new Error("aborted"))))
  }
  yield { type: "text-end", id: "a" }
  yield { type: "finish", finishReason: "stop", usage: { inputTokens: 3, outputTokens: script.deltas.length } }
}
