/** Somebody with a browser that knows cookies and forms, and nothing of us. */
export class Visitor {
  readonly #cookies = new Map<string, string>()

  /** Signs in at the provider's page that begins at `url`, or cancels there; gives the address one comes back to. */
  async signIn(url: string, email: string, choice: "sign-in" | "cancel" = "sign-in"): Promise<URL> {
    const { origin } = new URL(url)
    let next = new URL(url)
    let form: URLSearchParams | undefined
    for (let steps = 0; steps < 10; steps++) {
      if (next.origin !== origin) return next
      const answer = await fetch(next, {
        redirect: "manual",
        headers: { cookie: [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; ") },
        ...(form && { method: "POST", body: form }),
      })
      this.#keep(answer.headers.getSetCookie())
      const location = answer.headers.get("location")
      form = location === null ? new URLSearchParams({ email, choice }) : undefined
      if (location !== null) next = new URL(location, next)
      else if (answer.status !== 200) throw new Error(`${next.href} answered ${answer.status}: ${await answer.text()}`)
    }
    throw new Error(`the provider never came to an end, at last at ${next.href}`)
  }

  /** Another person sits down at the same browser. */
  forget(): void {
    this.#cookies.clear()
  }

  #keep(cookies: string[]): void {
    for (const cookie of cookies) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(cookie) ?? []
      if (value === "") this.#cookies.delete(name)
      else this.#cookies.set(name, value)
    }
  }
}
