import { join } from "node:path"
import type { Browser, BrowserContext, BrowserContextOptions } from "playwright-core"
import { afterAll, afterEach, beforeAll, expect } from "vitest"
import { workspaceRoot } from "../../../scripts/lib/files.mjs"
import { startBrowser, watch } from "../../support/browser.ts"
import type { Watch } from "../../support/browser.ts"
import { startSignInProvider } from "../../support/oidc-provider.ts"
import type { SignInProvider } from "../../support/oidc-provider.ts"
import type { OllamaModel } from "../../support/ollama-stand-in.ts"
import { openCloud } from "./cloud.ts"
import { wide } from "./scene.ts"
import type { Stage, StageModels } from "./stage.ts"
import { Visit } from "./visit.ts"

/** The service on AWS, the provider its accounts are at, a model, and a browser in front of it all: nobody has signed in. */
export class SignInScene {
  readonly stage: Omit<Stage, "enter">
  readonly provider: SignInProvider
  readonly context: BrowserContext
  readonly watch: Watch
  #expected: RegExp[] = []

  private constructor(made: Pick<SignInScene, "stage" | "provider" | "context" | "watch">) {
    this.stage = made.stage
    this.provider = made.provider
    this.context = made.context
    this.watch = made.watch
  }

  static async open(browser: Browser, { models, context: its }: SignInSceneOptions): Promise<SignInScene> {
    const provider = await startSignInProvider()
    // Cognito's, for a page that was closed before the answer came.
    provider.graceSeconds = 60
    const [stage, context] = await Promise.all([
      openCloud(provider, models === undefined ? {} : { models }),
      browser.newContext({ ...wide, timezoneId: "UTC", ...its }),
    ])
    context.setDefaultTimeout(20_000)
    return new SignInScene({ stage, provider, context, watch: await watch(context) })
  }

  /** Where the page is, without a slash at the end. */
  get url(): string {
    return this.stage.url
  }

  get models(): StageModels {
    return this.stage.models
  }

  /** A new tab. */
  async visit(path = "/"): Promise<Visit> {
    const page = await this.context.newPage()
    await page.goto(this.url + path)
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
    await this.stage.stop()
    await this.provider.close()
    const problems = this.watch.problems.filter((problem) => !this.#expected.some((pattern) => pattern.test(problem)))
    return [...problems, ...this.stage.errors]
  }
}

export type SignInSceneOptions = { models?: OllamaModel[]; context?: BrowserContextOptions }

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
