import type { Locator } from "playwright-core"
import { App } from "./app.ts"

/** A tab, whether somebody is signed in there or not. */
export class Visit extends App {
  signInButton(name = "Sign in"): Locator {
    return this.page.getByRole("button", { name, exact: true })
  }

  /** From our page to the provider's, and back. */
  async signIn(email = "ada@example.org", button = "Sign in"): Promise<void> {
    await this.signInButton(button).click()
    await this.atProvider("Sign in", email)
  }

  /** What one does at the provider's page. */
  async atProvider(choice: "Sign in" | "Cancel", email = "ada@example.org"): Promise<void> {
    await this.page.getByRole("heading", { name: "The provider's own page" }).waitFor()
    await this.page.getByLabel("E-mail").fill(email)
    await this.page.getByRole("button", { name: choice }).click()
  }

  /** The way out, in the foot of the chat list. */
  get signOutButton(): Locator {
    return this.page.getByRole("button", { name: "Sign out" })
  }

  get path(): string {
    const { pathname, search } = new URL(this.page.url())
    return pathname + search
  }
}
