import { OmniError } from "../protocol/error.ts"
import type { Actor } from "./actor.ts"

/**
 * Who may do what. Every HTTP route and socket action names one line of this table; one without a line does not start.
 *
 * - `anyone`: also without an actor; nothing of anybody's is read or changed.
 * - `user`: any actor who was let in, acting on what the actor makes or owns in that very call.
 * - `owner`: the same, on a resource that is the actor's; to everybody else it does not exist.
 * - `administrator`: an actor who runs this service.
 */
export const rules = {
  "health.read": "anyone",
  "config.read": "anyone",
  "file.upload": "anyone", // the signed address is the right
  "model.list": "user",
  "chat.list": "user",
  "chat.read": "owner",
  "chat.change": "owner",
  "chat.delete": "owner",
  "message.list": "owner",
  "run.start": "user",
  "run.read": "owner",
  "run.follow": "owner",
  "run.unfollow": "owner",
  "run.stop": "owner",
  "run.approve": "owner",
  "file.create": "user",
  "file.read": "owner",
  "connection.open": "user",
  "connection.ping": "user",
  "source.list": "administrator",
  "settings.read": "administrator",
  "settings.change": "administrator",
  "metrics.read": "administrator",
  "pool.read": "administrator",
} as const satisfies Record<string, Rule>

export type Rule = "anyone" | "user" | "owner" | "administrator"
export type Act = keyof typeof rules

/** What is looked up through the actor: whose it is, and how to name it in a refusal. */
export type Resource = { ownerId: string; name: string }

/**
 * Returns when the actor may do it. For an `owner` act a call without the resource asks only whether this actor may ever
 * do such a thing: the edge asks that, the module that has looked the resource up asks again with it.
 *
 * @throws OmniError `unauthenticated` without an actor, or with one whose right to act has ended (`now` is epoch
 * milliseconds); `forbidden`, also for an actor who was not let in yet; `not_found` for a resource that is somebody else's.
 */
export function authorize(
  actor: Actor | undefined,
  act: Act,
  options: { resource?: Resource; now?: number } = {},
): void {
  const rule: Rule | undefined = Object.hasOwn(rules, act) ? rules[act] : undefined
  if (rule === undefined) throw new OmniError("forbidden", `Nobody may do "${act}": it has no rule.`)
  if (rule === "anyone") return
  if (actor === undefined) throw new OmniError("unauthenticated", "This needs a signed-in user. Sign in and try again.")
  if (actor.expiresAt !== undefined && options.now !== undefined && actor.expiresAt <= options.now) {
    throw new OmniError("unauthenticated", "The sign-in has expired. Sign in again.")
  }
  if (actor.role === "pending") {
    throw new OmniError("forbidden", "This account has not been let in yet. Ask an administrator of this service.")
  }
  if (rule === "administrator" && actor.role !== "admin") {
    throw new OmniError("forbidden", "Only an administrator of this service may do that.")
  }
  if (rule === "owner" && options.resource !== undefined && options.resource.ownerId !== actor.userId) {
    throw new OmniError("not_found", `${options.resource.name} does not exist.`)
  }
}
