import { hasWords } from "../runtime/conversation/turn.ts"
import type { Turn } from "../runtime/conversation/turn.ts"

export type Way = "retry" | "continue" | "model" | "settings"
/** What went wrong with an answer, and the ways on; the first is the likely one. */
export type Fault = { title: string; text: string; ways: Way[] }

/** Undefined for answers that are as they should be, or that the reader stopped. `name` is the model's. */
export function faultOf(turn: Turn, name: string): Fault | undefined {
  if (turn.status !== "failed" && turn.status !== "interrupted") return undefined
  const words = hasWords(turn.parts)
  const code = turn.error?.code ?? "interrupted"
  // The button below says it, and says it better.
  const why = (turn.error?.message ?? "The server stopped before the answer was done.").replace(/ Try again\.$/, "")
  return {
    title: titleOf(code, name, words, turn.id === undefined),
    text: words && !why.includes("kept") ? `${why} ${keptWords(turn)}` : why,
    ways: waysOf(code, words && turn.id !== undefined),
  }
}

function titleOf(code: string, name: string, words: boolean, unsent: boolean): string {
  switch (code) {
    case "upstream_failed":
      return words ? `${name} stopped answering` : `${name} did not answer`
    case "model_unavailable":
      return `${name} is not there`
    case "model_not_found":
      return `${name} is not among the models`
    case "interrupted":
      return words ? "The answer was cut off" : "The answer did not begin"
    case "invalid":
      return unsent ? "This could not be sent" : `${name} cannot answer this`
    case "rate_limited":
      return "Too many questions at once"
    case "too_large":
      return "This is too long"
    case "offline":
    case "timeout":
      return "The server was not reached"
    default:
      return unsent ? "This could not be sent" : words ? "The answer was cut off" : "There is no answer"
  }
}

function waysOf(code: string, resumable: boolean): Way[] {
  if (code === "too_large" || code === "forbidden" || code === "unauthenticated") return []
  if (code === "invalid") return ["model"]
  if (code === "model_not_found") return ["model", "settings"]
  if (code === "model_unavailable") return resumable ? ["continue", "retry", "model"] : ["retry", "model", "settings"]
  return resumable ? ["retry", "continue", "model"] : ["retry", "model"]
}

function keptWords(turn: Turn): string {
  const tokens = turn.usage?.outputTokens ?? 0
  if (tokens < 2) return "What it said is kept."
  return `The ${tokens} tokens above are kept.`
}
