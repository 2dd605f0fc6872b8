import type { ChatId } from "@omnichat/core/protocol/id"
import type { ModelSummary } from "@omnichat/core/protocol/http"
import { pick } from "../models/choice.ts"
import type { App } from "../runtime/app.ts"
import type { Conversation } from "../runtime/conversation/conversation.ts"
import type { Wish } from "../runtime/conversation/send.ts"
import type { ConversationState } from "../runtime/conversation/talk.ts"
import { pathTo } from "../runtime/tree.ts"

/** Which model answers in a place: the one chosen there, else the one that answered last, else the usual one. */
export function modelAt(
  app: App,
  place: ChatId | "new",
  conversation: Conversation | undefined,
): ModelSummary | undefined {
  const { models, chosen, last, settings, usual, looked } = app.catalogue.state
  const answered = conversation && lastModel(conversation.state)
  const wishes = [chosen[place], answered, settings?.defaultModel.value, last, usual]
  // Which one is loaded is not known yet, and a name that changes a moment later is worse than none.
  if (!looked && !models.some(({ id }) => wishes.includes(id))) return undefined
  return pick(models, wishes)
}

/** What is asked of a model: to think, or not to, where it can do either. */
export function wishFor(app: App, model: string, temporary: boolean): Wish {
  const { models, unthinking } = app.catalogue.state
  const thinks = models.find((candidate) => candidate.id === model)?.capabilities.includes("reasoning") ?? false
  return {
    model,
    ...(thinks && unthinking[model] && { params: { reasoning: "off" } }),
    ...(temporary && { temporary: true }),
  }
}

/** The question on the visible path that was asked last. */
export function lastQuestion(state: ConversationState): string | undefined {
  return pathTo(state, state.leaf).findLast((key) => state.nodes[key]?.role === "user")
}

export function lastAnswer(state: ConversationState): string | undefined {
  return pathTo(state, state.leaf).findLast((key) => state.nodes[key]?.role === "assistant")
}

function lastModel(state: ConversationState): string | undefined {
  const key = lastAnswer(state)
  return key === undefined ? undefined : state.nodes[key]?.model
}
