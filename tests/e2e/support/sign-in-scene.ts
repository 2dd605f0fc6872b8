import { join } from "node:path"
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core"
import { afterAll, afterEach, beforeAll, expect } from "vitest"
import { workspaceRoot } from "../../../scripts/lib/files.mjs"
import { startBrowser, watch } from "../../support/browser.ts"
import type { Watch } from "../../support/browser.ts"
import { closedAddress } from "../../support/model-server.ts"
import { startSignInProvider } from "../../support/oidc-provider.ts"
import type { SignInProvider } from "../../support/oidc-provider.ts"
import { startOllamaStandIn } from "../../support/ollama-stand-in.ts"
import type { OllamaModel, OllamaStandIn } from "../../support/ollama-stand-in.ts"
import { startSignedInService } from "../../support/signed-in-service.ts"
import type { SignedInService } from "../../support/signed-in-service.ts"
import { App } from "./app.ts"
import { wide } from "./scene.ts"
import { built } from "./service.ts"

/** A service with accounts, the provider they are at, a model, and a browser in front of it all. */
export class SignInScene {
  readonly service: SignedInService
  readonly provider: SignInProvider
  readonly ollama: OllamaStandIn
  readonly context: BrowserContext
  readonly watch: Watch
  #expected: RegExp[] = []

  private constructor(made: Pick<SignInScene, "service" | "provider" | "ollama" | "context" | "watch">) {
    this.service = made.service
    this.provider = made.provider
    this.ollama = made.ollama
    this.context = made.context
    this.watch = made.watch
  }

  static async open(browser: Browser, options: SignInSceneOptions): Promise<SignInScene> {
    await built()
    const site = await closedAddress()
    const [provider, ollama, context] = await Promise.all([
      startSignInProvider(site),
      startOllamaStandIn(options.models === undefined ? {} : { models: options.models }),
      browser.newContext({ ...wide, timezoneId: "UTC", ...options.context }),
    ])
    provider.graceSeconds = 60
    const service = await startSignedInService({
      port: Number(new URL(site).port),
      webFolder: join(workspaceRoot, "packages/web/dist"),
      ollamaUrls: [ollama.url],
      provider,
    })
    context.setDefaultTimeout(20_000)
    return new SignInScene({ service, provider, ollama, context, watch: await watch(context) })
  }

  /** A new tab. */
  async visit(path = "/"): Promise<Visit> {
    const page = await this.context.newPage()
    await page.goto(this.service.url + path)
    return new Visit(page)
  }

  expectProblems(...patterns: RegExp[]): void {
    this.#expected.push(...patterns)
  }

  async picture(test: string): Promise<void> {
    const name = test.replace(/\W+/g, "-").slice(0, 100)
    for (const [index, page] of this.context.pages().entries()) {
      const path = join(workspaceRoot, "artifacts/failed", `${name}-${index + 1}.png`)
      await page.screenshot({ path, timeout: 5000 }).catch(() => undefined) // a page that hangs has no picture
    }
  }

  /** Gives back what went wrong that nobody expected. */
  async close(): Promise<string[]> {
    await this.context.close()
    await Promise.all([this.service.close(), this.ollama.close()])
    await this.provider.close()
    const problems = this.watch.problems.filter((problem) => !this.#expected.some((pattern) => pattern.test(problem)))
    return [...problems, ...this.service.errors]
  }
}

export type SignInSceneOptions = { models?: OllamaModel[]; context?: BrowserContextOptions }

/** A tab, whether somebody is signed in there or not. */
export class Visit extends App {
  signInButton(name = "Sign in"): ReturnType<Page["getByRole"]> {
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
  get signOutButton(): ReturnType<Page["getByRole"]> {
    return this.page.getByRole("button", { name: "Sign out" })
  }

  get path(): string {
    const { pathname, search } = new URL(this.page.url())
    return pathname + search
  }
}

/** One browser for the tests of a file, and for each of them what it opens. */
export function useSignInScenes(): { open(options?: SignInSceneOptions): Promise<SignInScene> } {
  let browser: Browser | undefined
  const scenes: SignInScene[] = []
  beforeAll(async () => {
    browser = await startBrowser()
  })
  afterEach(async ({ task }) => {
    const failed = task.result?.state === "fail"
    const open = scenes.splice(0)
    if (failed) await Promise.all(open.map((scene) => scene.picture(`${task.suite?.name ?? ""} ${task.name}`)))
    const problems = await Promise.all(open.map((scene) => scene.close()))
    if (!failed) expect(problems.flat()).toEqual([])
  })
  afterAll(async () => browser?.close())
  return {
    async open(options = {}) {
      if (browser === undefined) throw new Error("the browser has not started")
      const scene = await SignInScene.open(browser, options)
      scenes.push(scene)
      return scene
    },
  }
}
