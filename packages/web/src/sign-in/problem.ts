/**
 * Why somebody could not be signed in.
 *
 * - `unreachable`: the provider does not answer, or not now.
 * - `cancelled`: the person, or the provider, said no.
 * - `stale`: what came back belongs to no sign-in that was begun in this tab.
 * - `clock`: by this device's clock what the provider signed is of another time.
 * - `ended`: there was a session, and the provider will not renew it.
 * - `refused`: the provider refused for another reason, or its answer cannot be trusted.
 */
export type ProblemKind = "unreachable" | "cancelled" | "stale" | "clock" | "ended" | "refused"

export class SignInError extends Error {
  readonly kind: ProblemKind

  constructor(kind: ProblemKind, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = "SignInError"
    this.kind = kind
  }
}

/** What the page says of it, and on the button that goes on. */
export function wordsOf(kind: ProblemKind): { title: string; text: string; button: string } {
  switch (kind) {
    case "unreachable":
      return {
        title: "The sign-in service does not answer",
        text: "It may be down for a moment, or this device has no connection to it.",
        button: "Try again",
      }
    case "cancelled":
      return { title: "You were not signed in", text: "The sign-in was cancelled.", button: "Sign in" }
    case "stale":
      return {
        title: "That sign-in has lapsed",
        text: "It was begun in another tab or too long ago. Begin it again here.",
        button: "Sign in",
      }
    case "clock":
      return {
        title: "The clock of this device is wrong",
        text: "A sign-in is good for a certain time only. Set the clock, then go on.",
        button: "Try again",
      }
    case "ended":
      return {
        title: "Your session has ended",
        text: "Sign in to go on where you were. What you have written is kept.",
        button: "Sign in again",
      }
    case "refused":
      return {
        title: "You could not be signed in",
        text: "The sign-in service refused. Try again; if that does not help, tell whoever runs this service.",
        button: "Try again",
      }
  }
}
