import type { Keep } from "../runtime/keep.ts"
import type { Attempt, OidcAuth, Person } from "./provider.ts"

/** What this browser keeps of a session, for all tabs: without a refresh token it has ended and was not signed out. */
export type Grant = { issuer: string; clientId: string; person: Person; refreshToken?: string }

/** A sign-in that is under way in this tab, and the address to come back to. */
export type Pending = Attempt & { back: string; begunAt: number }

export const grantKey = "sign-in"
const pendingKey = "signing-in"
/** What is older was given up (ms). */
const pendingFor = 60 * 60_000

/** The grant of this service's provider; of another one it is none. */
export function readGrant(keep: Keep, auth: OidcAuth): Grant | undefined {
  const kept = fieldsOf(keep.read(grantKey))
  const person = fieldsOf(kept["person"])
  if (kept["issuer"] !== auth.issuer || kept["clientId"] !== auth.clientId || !isWord(person["id"])) return undefined
  const { name, email } = person
  const { refreshToken } = kept
  return {
    issuer: auth.issuer,
    clientId: auth.clientId,
    person: { id: person["id"], ...(isWord(name) && { name }), ...(isWord(email) && { email }) },
    ...(isWord(refreshToken) && { refreshToken }),
  }
}

export function writePending(keep: Keep, pending: Pending): void {
  keep.write(pendingKey, pending)
}

/** Gives it once. */
export function takePending(keep: Keep, now: number): Pending | undefined {
  const { state, nonce, verifier, back, begunAt } = fieldsOf(keep.read(pendingKey))
  keep.remove(pendingKey)
  if (!isWord(state) || !isWord(nonce) || !isWord(verifier) || typeof begunAt !== "number") return undefined
  if (now - begunAt > pendingFor) return undefined
  return { state, nonce, verifier, begunAt, back: isWord(back) && /^\/(?![/\\])/.test(back) ? back : "/" }
}

/** What one person's app keeps, apart from everybody else's; how the page looks is the browser's own. */
export function keepOf(keep: Keep, personId: string): Keep {
  const named = (key: string) => (key === "theme" ? key : `${prefixOf(personId)}${key}`)
  return {
    read: (key) => keep.read(named(key)),
    write: (key, value) => keep.write(named(key), value),
    remove: (key) => keep.remove(named(key)),
  }
}

/** Where this person's things begin, after the prefix of everything we keep. */
export const prefixOf = (personId: string): string => `person.${encodeURIComponent(personId).replaceAll(".", "%2E")}.`

const fieldsOf = (value: unknown): Record<string, unknown> =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {}

const isWord = (value: unknown): value is string => typeof value === "string" && value !== ""

type Area = Pick<Storage, "length" | "key" | "removeItem">

/** Removes what one person's app has kept. */
export function forget(area: Area | undefined, keepPrefix: string, personId: string): void {
  const own = keepPrefix + prefixOf(personId)
  const keys = Array.from({ length: area?.length ?? 0 }, (_none, at) => area?.key(at))
  for (const key of keys) if (key?.startsWith(own)) area?.removeItem(key)
}
