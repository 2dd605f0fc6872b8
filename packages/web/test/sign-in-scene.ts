import { onTestFinished } from "vitest"
import { startSignInProvider } from "../../../tests/support/oidc-provider.ts"
import type { SignInProvider } from "../../../tests/support/oidc-provider.ts"
import { plainHolder } from "../src/runtime/holder.ts"
import { createKeep } from "../src/runtime/keep.ts"
import type { Keep } from "../src/runtime/keep.ts"
import { createProvider } from "../src/sign-in/provider.ts"
import type { OidcAuth } from "../src/sign-in/provider.ts"
import { createSession } from "../src/sign-in/session.ts"
import type { Session } from "../src/sign-in/session.ts"
import { Visitor } from "./visitor.ts"

const site = "http://127.0.0.1:9"

/** What a browser keeps for all its tabs. */
export class BrowserStorage {
  readonly values = new Map<string, string>()
  get length(): number {
    return this.values.size
  }
  key = (at: number): string | null => [...this.values.keys()][at] ?? null
  getItem = (key: string): string | null => this.values.get(key) ?? null
  setItem = (key: string, value: string): void => void this.values.set(key, value)
  removeItem = (key: string): void => void this.values.delete(key)
}

export type Tab = {
  session: Session
  /** Where the page was sent; `reload` for a reload. */
  left: string[]
  /** The people whose things were removed. */
  forgotten: string[]
  tabKeep: Keep
}

/** Comes back and waits for what comes of it; gives the address to go on at. */
export async function comeBack(session: Session, callback: URL): Promise<string> {
  const { back, done } = session.comeBack(callback)
  await done
  return back
}

/** A provider, a browser of one person, and a clock that can be moved on. */
export class SignInScene {
  readonly provider: SignInProvider
  readonly storage = new BrowserStorage()
  readonly visitor = new Visitor()
  /** Milliseconds that this device's clock is ahead. */
  ahead = 0
  /** While it is there, what a renewal brought is under way until it resolves. */
  gate: Promise<void> | undefined
  /** Renewals that the provider has answered. */
  renewals = 0
  #turn: Promise<unknown> = Promise.resolve()

  private constructor(provider: SignInProvider) {
    this.provider = provider
  }

  static async open(): Promise<SignInScene> {
    const provider = await startSignInProvider(site)
    onTestFinished(() => provider.close())
    return new SignInScene(provider)
  }

  get auth(): OidcAuth {
    return { kind: "oidc", issuer: this.provider.url, clientId: this.provider.clientId, scope: "openid email" }
  }

  /** A page of the app; with the `tabKeep` of another it is the same tab. */
  tab(tabKeep: Keep = createKeep()): Tab {
    const left: string[] = []
    const forgotten: string[] = []
    const provider = createProvider(this.auth)
    const session = createSession({
      auth: this.auth,
      provider: {
        ...provider,
        refresh: async (refreshToken) => {
          const tokens = await provider.refresh(refreshToken)
          this.renewals += 1
          await this.gate
          return tokens
        },
      },
      keep: createKeep(this.storage),
      tabKeep,
      hold: plainHolder,
      now: () => Date.now() + this.ahead,
      alone: (work) => this.#alone(work),
      page: { origin: site, leave: (url) => void left.push(url), reload: () => void left.push("reload") },
      forget: (person) => void forgotten.push(person),
    })
    return { session, left, forgotten, tabKeep }
  }

  /** A tab that has been to the provider and is back. */
  async signedIn(email = "ada@example.org"): Promise<Tab> {
    const before = this.tab()
    await before.session.signIn("/chat/one")
    const callback = await this.visitor.signIn(before.left[0] ?? "", email)
    const tab = this.tab(before.tabKeep)
    await comeBack(tab.session, callback)
    return tab
  }

  /** The fields of an access token. */
  static claims(token: string): Record<string, unknown> {
    return JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()) as Record<string, unknown>
  }

  #alone<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work)
    this.#turn = done.catch(() => undefined)
    return done
  }
}
