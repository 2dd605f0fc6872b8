import type { ChatId } from "@omnichat/core/protocol/id"
import type { App } from "../runtime/app.ts"
import type { Conversation } from "../runtime/conversation/conversation.ts"
import type { Draft } from "../runtime/drafts.ts"
import { hasWords, textOf } from "../runtime/conversation/turn.ts"
import type { Stage } from "../shell/stage.tsx"
import type { Composing } from "./composing.ts"
import { modelAt, wishFor } from "./desk.ts"

/** What a reader can do with the turns of a chat. */
export interface Acts {
  edit(key: string, content: Draft): void
  /** Takes a message back that has not gone out; its words go where one writes. */
  takeBack(key: string): void
  again(key: string): void
  /**
   * Opens the list of models under `anchor` and has the chosen one answer. An answer that still waits keeps its place
   * until one is chosen, and is given up then.
   */
  againWith(key: string, anchor: DOMRect | undefined): void
  goOn(key: string): void
  stop(key: string): void
  choose(key: string): void
  copyOf(key: string): string
}

type Parts = {
  app: App
  stage: Stage
  conversation: Conversation
  composing: () => Composing
  /** Somebody answers now: the end of the chat is where one wants to look, and the field where one wants to be. */
  asked: () => void
}

export function createActs({ app, stage, conversation, composing, asked }: Parts): Acts {
  const place: ChatId = conversation.id
  const current = () => modelAt(app, place, conversation)?.id
  /** The model that answered before, as long as it is there; after another was chosen, that one. */
  const wish = (key: string) => {
    const { models, chosen } = app.catalogue.state
    const before = conversation.state.nodes[key]?.model
    const model = chosen[place] ?? (models.some(({ id }) => id === before) ? before : current()) ?? before
    return model === undefined ? undefined : wishFor(app, model, false)
  }
  const acts: Acts = {
    edit(key, content) {
      const model = current()
      if (model === undefined) return
      conversation.edit(key, content, wishFor(app, model, false))
      asked()
    },
    takeBack: (key) => composing().putBack(conversation.withdraw(key)),
    again(key) {
      const again = wish(key)
      if (!again) return
      conversation.again(key, again)
      asked()
    },
    againWith(key, anchor) {
      stage.set({
        pick: {
          anchor,
          chosen: conversation.state.nodes[key]?.model,
          onPick: (model) => {
            const turn = conversation.state.nodes[key]
            if (turn?.status === "running" && !hasWords(turn.parts)) conversation.stop(key)
            app.catalogue.choose(place, model)
            conversation.again(key, wishFor(app, model, false))
            asked()
          },
        },
      })
    },
    goOn(key) {
      const on = wish(key)
      if (!on) return
      conversation.goOn(key, on)
      asked()
    },
    stop: (key) => conversation.stop(key),
    choose: (key) => conversation.choose(key),
    copyOf: (key) => textOf(conversation.state.nodes[key]?.parts ?? []),
  }
  return acts
}
