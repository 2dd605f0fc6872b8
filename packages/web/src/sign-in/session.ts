import type { Token } from "@omnichat/client/client"
import type { MakeHolder } from "../runtime/holder.ts"
import type { Keep } from "../runtime/keep.ts"
import { SignInError } from "./problem.ts"
import type { ProblemKind } from "./problem.ts"
import type { Attempt, OidcAuth, Person, Provider, Tokens } from "./provider.ts"
import { grantKey, readGrant, takePending, writePending } from "./stored.ts"

export type SessionState = {
  /** `ended`: it was in this page, and somebody has to sign in again; what is on the screen may stay there. */
  phase: "out" | "in" | "ended"
  person?: Person
  /** What went wrong last, until something goes well. */
  trouble?: ProblemKind
  /** The browser is about to leave the page, or has just come back. */
  busy: boolean
}

/** Who is signed in. The access token lives in this page only; the refresh token is the browser's, and all tabs'. */
export interface Session {
  readonly state: SessionState
  /**
   * An access token that is good for a while; `refused` is one that is not, whatever we believe. Waits while nobody is
   * signed in, and rejects with a SignInError when the provider does not answer.
   */
  token(refused?: string): Promise<Token>
  /** A new access token, for what has changed in the account. Rejects with a SignInError. */
  renew(): Promise<void>
  /** Leaves the page, for the provider's. Never rejects: `trouble` tells. */
  signIn(back: string): Promise<void>
  /** The browser is back at `callback`. `back` is the address to go on at; `done` never rejects: `trouble` tells. */
  comeBack(callback: URL): { back: string; done: Promise<void> }
  /** Ends it here, in the other tabs and at the provider, and leaves the page. */
  signOut(): Promise<void>
  /** Another tab may have changed what the browser keeps, or the page is back from where it was left to. */
  look(): void
}

export type SessionOptions = {
  auth: OidcAuth
  provider: Provider
  /** The browser's, and this tab's. */
  keep: Keep
  tabKeep: Keep
  hold: MakeHolder
  now: () => number
  /** Runs one work at a time, in whichever tab: a refresh token is good once. */
  alone: <T>(work: () => Promise<T>) => Promise<T>
  page: { origin: string; leave(url: string): void; reload(): void }
  /** Removes what the app of one person has kept in this browser. */
  forget(personId: string): void
}

export const callbackPath = "/signed-in"

/** An access token is not used in its last minute (protocol C3), or in the second half of a short life. */
const margin = 60_000
/** A token that is refused so early (ms) is not refused for its age, and another one would be too. */
const young = 15_000
/** How long a goodbye to the provider may take (ms). */
const farewellWithin = 3000

type Access = { text: string; from: number; lastsMs: number }

export function createSession(options: SessionOptions): Session {
  const { auth, provider, keep, tabKeep, now, alone, page } = options
  const redirectUri = page.origin + callbackPath
  const kept = readGrant(keep, auth)
  const holder = options.hold<SessionState>({
    phase: kept?.refreshToken === undefined ? "out" : "in",
    busy: false,
    ...(kept && { person: kept.person }),
    ...(kept && kept.refreshToken === undefined && { trouble: "ended" }),
  })
  const { state } = holder
  let access: Access | undefined
  let renewing: Promise<Access> | undefined
  const waiters: (() => void)[] = []

  const enter = (person: Person, tokens?: Tokens) => {
    access = tokens && { text: tokens.accessToken, from: now(), lastsMs: tokens.lastsMs }
    holder.change((draft) => {
      draft.phase = "in"
      draft.person = person
      draft.busy = false
      delete draft.trouble
    })
    for (const wake of waiters.splice(0)) wake()
  }
  const fail = (trouble: ProblemKind) =>
    holder.change((draft) => {
      draft.trouble = trouble
      draft.busy = false
    })
  const end = (refreshToken?: string) => {
    const grant = readGrant(keep, auth)
    if (grant && grant.refreshToken === refreshToken) {
      const { refreshToken: _spent, ...rest } = grant
      keep.write(grantKey, rest)
    }
    if (state.person)
      holder.change((draft) => {
        // A page that never had a token has nothing on it yet.
        draft.phase = access ? "ended" : "out"
        draft.trouble = "ended"
      })
    return new SignInError("ended", "The session has ended. Sign in again.")
  }
  const leave = (person: string | undefined) => {
    access = undefined
    holder.change((draft) => {
      draft.phase = "out"
      delete draft.person
      delete draft.trouble
    })
    // After the app is gone: it keeps what is being written until then.
    if (person !== undefined) options.forget(person)
  }

  const refresh = async (): Promise<Access> => {
    const grant = readGrant(keep, auth)
    if (grant?.refreshToken === undefined || grant.person.id !== state.person?.id) throw end()
    try {
      const tokens = await provider.refresh(grant.refreshToken)
      const { refreshToken } = tokens
      const stored = readGrant(keep, auth)
      if (stored?.person.id !== grant.person.id) {
        // Signed out meanwhile: what comes too late brings no session back.
        await provider.revoke(refreshToken ?? grant.refreshToken).catch(() => undefined)
        throw end()
      }
      const isLatest = stored.refreshToken === grant.refreshToken
      if (refreshToken !== undefined && isLatest) keep.write(grantKey, { ...grant, refreshToken })
      const fresh = { text: tokens.accessToken, from: now(), lastsMs: tokens.lastsMs }
      access = fresh
      holder.change((draft) => void delete draft.trouble)
      return fresh
    } catch (thrown) {
      const kind = thrown instanceof SignInError ? thrown.kind : "refused"
      if (kind !== "unreachable" && kind !== "clock") throw end(grant.refreshToken)
      throw thrown
    }
  }
  const renew = (): Promise<Access> => {
    renewing ??= alone(refresh).finally(() => (renewing = undefined))
    return renewing
  }
  const left = (token: Access): number => token.from + token.lastsMs - now()
  const isGood = (token: Access, refused: string | undefined): boolean =>
    left(token) > Math.min(margin, token.lastsMs / 2) &&
    (token.text !== refused || now() - token.from < Math.min(young, token.lastsMs / 4))
  const handOut = (token: Access): Token => ({ text: token.text, lastsMs: left(token) })

  const finish = async (callback: URL, attempt: Attempt): Promise<void> => {
    try {
      const { person, ...tokens } = await provider.finish(callback, attempt, redirectUri)
      const { refreshToken } = tokens
      const grant = { issuer: auth.issuer, clientId: auth.clientId, person }
      keep.write(grantKey, refreshToken === undefined ? grant : { ...grant, refreshToken })
      enter(person, tokens)
    } catch (thrown) {
      const kind = thrown instanceof SignInError ? thrown.kind : "refused"
      // A code that was used already, or has lapsed.
      fail(kind === "ended" ? "stale" : kind)
    }
  }

  return {
    state,
    async token(refused) {
      for (;;) {
        if (state.phase === "in") {
          if (access && isGood(access, refused)) return handOut(access)
          const before = access
          try {
            return handOut(await renew())
          } catch (thrown) {
            const kind = thrown instanceof SignInError ? thrown.kind : "refused"
            if (kind !== "ended") {
              if (before && left(before) > 0 && before.text !== refused) return handOut(before)
              fail(kind)
              throw thrown
            }
          }
        }
        if (state.phase !== "in") await new Promise<void>((resolve) => waiters.push(resolve))
      }
    },
    async renew() {
      try {
        await renew()
      } catch (thrown) {
        if (thrown instanceof SignInError && thrown.kind !== "ended") fail(thrown.kind)
        throw thrown
      }
    },
    async signIn(back) {
      holder.change((draft) => {
        draft.busy = true
      })
      try {
        const { url, attempt } = await provider.begin(redirectUri)
        writePending(tabKeep, { ...attempt, back, begunAt: now() })
        page.leave(url)
      } catch (thrown) {
        fail(thrown instanceof SignInError ? thrown.kind : "refused")
      }
    },
    comeBack(callback) {
      const pending = takePending(tabKeep, now())
      if (pending === undefined || callback.searchParams.get("state") !== pending.state) {
        if (state.phase !== "in") fail("stale") // else one has gone back in the history of a tab that is signed in
        return { back: pending?.back ?? "/", done: Promise.resolve() }
      }
      holder.change((draft) => {
        draft.busy = true
      })
      return { back: pending.back, done: finish(callback, pending) }
    },
    async signOut() {
      const grant = readGrant(keep, auth)
      holder.change((draft) => {
        draft.busy = true
      })
      keep.remove(grantKey)
      leave(state.person?.id)
      const refreshToken = grant?.refreshToken
      // Signed out is who has nothing left here; what the provider says to that changes nothing.
      const farewell = Promise.all([
        provider.signOutUrl(`${page.origin}/`).catch(() => undefined),
        refreshToken === undefined ? undefined : provider.revoke(refreshToken).catch(() => undefined),
      ])
      const limit = new Promise<[undefined]>((resolve) => setTimeout(() => resolve([undefined]), farewellWithin))
      const [url] = await Promise.race([farewell, limit])
      page.leave(url ?? "/")
    },
    look() {
      holder.change((draft) => {
        draft.busy = false
      })
      const grant = readGrant(keep, auth)
      if (grant === undefined) {
        if (state.phase !== "out" || state.person) leave(state.person?.id)
      } else if (grant.person.id !== state.person?.id) page.reload()
      else if (grant.refreshToken !== undefined && state.phase !== "in") enter(grant.person)
    },
  }
}
