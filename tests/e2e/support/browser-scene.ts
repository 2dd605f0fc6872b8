import { join } from "node:path"
import type { Browser, BrowserContext, Page } from "playwright-core"
import { afterAll, afterEach, beforeAll, expect } from "vitest"
import { workspaceRoot } from "../../../scripts/lib/files.mjs"
import { startBrowser } from "../../support/browser.ts"
import type { Watch } from "../../support/browser.ts"
import type { App } from "./app.ts"
import type { Stage, StageModels } from "./stage.ts"

/** A service with its models behind it and a browser in front of it. Nothing of it is shared with other tests. */
export abstract class BrowserScene<Tab extends App = App> {
  readonly stage: Omit<Stage, "enter">
  readonly context: BrowserContext
  readonly watch: Watch
  #expected: RegExp[] = []
  #mayLog = false

  protected constructor(made: Pick<BrowserScene, "stage" | "context" | "watch">) {
    this.stage = made.stage
    this.context = made.context
    this.watch = made.watch
    this.context.setDefaultTimeout(20_000)
  }

  protected abstract tab(page: Page): Tab

  /** Where the page is, without a slash at the end. */
  get url(): string {
    return this.stage.url
  }

  get models(): StageModels {
    return this.stage.models
  }

  /** A new tab. */
  async visit(path = "/"): Promise<Tab> {
    const page = await this.context.newPage()
    await page.goto(this.url + path)
    return this.tab(page)
  }

  /** What a page may complain of in this scene. */
  expectProblems(...patterns: RegExp[]): void {
    this.#expected.push(...patterns)
  }

  /** A service that is killed has reason to complain. */
  expectLog(): void {
    this.#mayLog = true
  }

  /** For whoever wants to know why a test failed. */
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
    const problems = this.watch.problems.filter((problem) => !this.#expected.some((pattern) => pattern.test(problem)))
    return this.#mayLog ? problems : [...problems, ...this.stage.errors]
  }
}

/** One browser for the tests of a file, and for each of them what it opens. */
export function useBrowserScenes<Made extends BrowserScene, Options extends object>(
  openIn: (browser: Browser, options: Partial<Options>) => Promise<Made>,
): { open(options?: Partial<Options>): Promise<Made> } {
  let browser: Browser | undefined
  const scenes: Made[] = []
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
      const scene = await openIn(browser, options)
      scenes.push(scene)
      return scene
    },
  }
}
