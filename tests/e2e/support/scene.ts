import { join } from "node:path"
import type { Browser, BrowserContext, BrowserContextOptions } from "playwright-core"
import { afterAll, afterEach, beforeAll, expect } from "vitest"
import { workspaceRoot } from "../../../scripts/lib/files.mjs"
import { startBrowser, watch } from "../../support/browser.ts"
import type { Watch } from "../../support/browser.ts"
import type { OllamaModel } from "../../support/ollama-stand-in.ts"
import { runtimeKind } from "../../support/runtime.ts"
import type { Asked } from "../../support/upstream.ts"
import { App } from "./app.ts"
import { Machine } from "./machine.ts"
import type { MachineOptions, Stage, StageModels, StageOptions, Stages } from "./stage.ts"

export type SceneOptions = StageOptions & MachineOptions & { context?: BrowserContextOptions }

export type Message = {
  id: string
  parentId: string | null
  role: "user" | "assistant"
  parts: { type: string; text?: string }[]
  model?: string
  status: string
}

/** What a message says, without what was thought before. */
export const wordsOf = ({ parts }: Message): string =>
  parts.map((part) => (part.type === "text" ? part.text : "")).join("")

/** Wide screens are those of a laptop, where one types; the phone is one that is touched. */
export const wide: BrowserContextOptions = { viewport: { width: 1280, height: 800 } }
export const phone: BrowserContextOptions = {
  viewport: { width: 390, height: 844 },
  deviceScaleFactor: 2,
  hasTouch: true,
  isMobile: true,
}

/** One browser for the tests of a file, and for each of them what it opens. */
export function useScenes(): { open(options?: SceneOptions): Promise<Scene> } {
  let browser: Browser | undefined
  let stages: Stages | undefined
  const scenes: Scene[] = []
  beforeAll(async () => {
    ;[browser, stages] = await Promise.all([startBrowser(), createStages()])
  })
  afterEach(async ({ task }) => {
    const failed = task.result?.state === "fail"
    const open = scenes.splice(0)
    if (failed) await Promise.all(open.map((scene) => scene.picture(`${task.suite?.name ?? ""} ${task.name}`)))
    const problems = await Promise.all(open.map((scene) => scene.close()))
    if (!failed) expect(problems.flat()).toEqual([])
  })
  afterAll(async () => {
    await browser?.close()
    await stages?.close()
  })
  return {
    async open(options = {}) {
      if (browser === undefined || stages === undefined) throw new Error("the browser has not started")
      const scene = await Scene.open(browser, stages, options)
      scenes.push(scene)
      return scene
    },
  }
}

/** The service with its models behind it, and its owner's browser in front of it. Nothing of it is shared with other tests. */
export class Scene {
  readonly stage: Stage
  readonly context: BrowserContext
  readonly watch: Watch
  /** By which a program is the owner. */
  readonly headers: Record<string, string>
  #expected: RegExp[] = []
  #mayLog = false

  private constructor(made: Pick<Scene, "stage" | "context" | "watch" | "headers">) {
    this.stage = made.stage
    this.context = made.context
    this.watch = made.watch
    this.headers = made.headers
  }

  static async open(browser: Browser, stages: Stages, options: SceneOptions): Promise<Scene> {
    const stage = await stages.open(options)
    const { headers, ...key } = await stage.enter(browser)
    const context = await browser.newContext({
      ...wide,
      permissions: ["clipboard-read", "clipboard-write"],
      timezoneId: "UTC",
      ...key,
      ...options.context,
    })
    context.setDefaultTimeout(20_000)
    return new Scene({ stage, context, headers, watch: await watch(context) })
  }

  /** Where the page is, without a slash at the end. */
  get url(): string {
    return this.stage.url
  }

  get models(): StageModels {
    return this.stage.models
  }

  /** What only one machine has. */
  get machine(): Machine {
    if (this.stage instanceof Machine) return this.stage
    throw new Error("this scene is not one machine's")
  }

  script(model: OllamaModel): void {
    this.models.script(model)
  }

  /** A new tab. */
  async visit(path = "/"): Promise<App> {
    const page = await this.context.newPage()
    await page.goto(this.url + path)
    return new App(page)
  }

  /** What a page may complain of in this scene. */
  expectProblems(...patterns: RegExp[]): void {
    this.#expected.push(...patterns)
  }

  /** A service that is killed has reason to complain. */
  expectLog(): void {
    this.#mayLog = true
  }

  async api<T>(path: string, options: { method?: string; body?: unknown } = {}): Promise<T> {
    const { method = "GET", body } = options
    const answer = await fetch(this.url + path, {
      method,
      headers: { ...this.headers, ...(body !== undefined && { "content-type": "application/json" }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${await answer.text()}`)
    return (answer.status === 204 ? undefined : await answer.json()) as T
  }

  /** Oldest first. */
  async messages(chatId: string): Promise<Message[]> {
    const { messages } = await this.api<{ messages: Message[] }>(`/api/chats/${chatId}/messages?limit=200`)
    return messages.toReversed()
  }

  /** The words of the newest answer of a chat as it is stored. */
  async storedAnswer(chatId: string): Promise<string> {
    const answer = (await this.messages(chatId)).findLast(({ role }) => role === "assistant")
    return answer === undefined ? "" : wordsOf(answer)
  }

  /** The requests for an answer that came to a model, oldest first. */
  get asked(): Asked[] {
    return this.models.asked()
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

/** Those of the runtime that the project of vitest.config.ts says. */
async function createStages(): Promise<Stages> {
  if (runtimeKind === "aws") return (await import("./cloud.ts")).createCloud()
  return { open: Machine.open, close: () => Promise.resolve() }
}
