import type { Turn } from "../runtime/conversation/turn.ts"

/** The quiet line under an answer: who, how much, how fast. `name` is the model's. */
export function metaOf(turn: Turn, name: string): string[] {
  const { usage, status } = turn
  if (!usage || status === "running") {
    const tokens = estimateTokens(turn)
    return tokens === 0 ? [name] : [name, `about ${tokens} tokens`]
  }
  const items = [name]
  if (status === "stopped") items.unshift("Stopped")
  if (turn.cut) items.unshift("Reached the length limit")
  if (usage.outputTokens > 0) items.push(`${usage.estimated ? "about " : ""}${count(usage.outputTokens, "token")}`)
  const speed = tokensPerSecond(turn)
  if (speed !== undefined) items.push(`${speed} tokens/s`)
  return items
}

/** A speed that was measured over less than this many milliseconds of writing, or tokens, says nothing of the model. */
const measurable = { ms: 1000, tokens: 20 }

/** From the first token to the last: what the reader saw, without the wait before it. */
function tokensPerSecond({ usage }: Turn): number | undefined {
  if (!usage || usage.outputTokens < measurable.tokens) return undefined
  const span = usage.durationMs - (usage.firstTokenMs ?? 0)
  if (span < measurable.ms) return undefined
  const speed = (usage.outputTokens / span) * 1000
  return speed >= 10 ? Math.round(speed) : Number(speed.toFixed(1))
}

/** A model's own count comes at the end; until then four characters are about a token, said in steps. */
function estimateTokens({ parts }: Turn): number {
  const tokens = parts.reduce((sum, part) => sum + (part.type === "text" ? part.text.length : 0), 0) / 4
  return tokens < 50 ? Math.ceil(tokens / 5) * 5 : Math.round(tokens / 10) * 10
}

export function count(amount: number, noun: string): string {
  return amount === 1 ? `1 ${noun}` : `${amount} ${noun}s`
}

/** A span of time as one says it: `12 s`, `2 min 5 s`. */
export function duration(ms: number): string {
  const seconds = Math.max(1, Math.round(ms / 1000))
  if (seconds < 60) return `${seconds} s`
  const rest = seconds % 60
  return `${Math.floor(seconds / 60)} min${rest === 0 ? "" : ` ${rest} s`}`
}

/** What stands on a folded thought: for how long it went, as far as that is known. */
export function thoughtLabel(turn: Turn, thinking: boolean, now: number): string {
  if (thinking) {
    const from = turn.thought?.from
    return from === undefined || now - from < 1000 ? "Thinking" : `Thinking, ${duration(now - from)}`
  }
  const ms = turn.usage?.reasoningMs ?? turn.thought?.ms
  return ms === undefined ? "Thought" : `Thought for ${duration(ms)}`
}
