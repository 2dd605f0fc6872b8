import { createEffect, createSignal, untrack } from "solid-js"

/** What a message may have to wait for. */
export type Surroundings = {
  /** The chat it goes into has not been read. */
  unread: boolean
  /** The model that would answer is known. */
  model: boolean
  /** How far the look for models has come. */
  models: "looking" | "failed" | "known"
}

/** Why a message cannot go out yet, as the composer says it; undefined when it can. */
export function obstacle({ unread, model, models }: Surroundings): string | undefined {
  if (unread) return "Goes out when the chat is here"
  if (model) return undefined
  switch (models) {
    case "looking":
      return "Goes out when the models are found"
    case "failed":
      return "Goes out when the connection is back"
    case "known":
      return "Goes out when there is a model"
  }
}

/** A wish to send that is kept until nothing is in its way. */
export interface Held {
  /** Sends now, or as soon as it can. */
  ask(): void
  /** It goes on being written. */
  letGo(): void
  /** What is waited for; undefined while nobody waits. */
  why(): string | undefined
}

export function createHeld(options: { obstacle: () => string | undefined; send: () => void }): Held {
  const [held, hold] = createSignal(false)
  createEffect(() => {
    if (!held() || options.obstacle() !== undefined) return
    hold(false)
    untrack(options.send)
  })
  return {
    ask: () => hold(true),
    letGo: () => hold(false),
    why: () => (held() ? options.obstacle() : undefined),
  }
}
