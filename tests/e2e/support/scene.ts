import { join } from "node:path"
import type { Browser, BrowserContext, BrowserContextOptions } from "playwright-core"
import { afterAll, afterEach, beforeAll, expect } from "vitest"
import { workspaceRoot } from "../../../scripts/lib/files.mjs"
import { startBrowser, watch } from "../../support/browser.ts"
import type { Watch } from "../../support/browser.ts"
import { closedAddress } from "../../support/model-server.ts"
import { startOllamaStandIn } from "../../support/ollama-stand-in.ts"
import type { OllamaModel, OllamaStandIn } from "../../support/ollama-stand-in.ts"
import { App } from "./app.ts"
import { startService } from "./service.ts"
import type { Service } from "./service.ts"

export type SceneOptions = {
  /** What Ollama has; without any, nobody listens at its address. Default: the usual models of the stand-in. */
  models?: OllamaModel[] | "nobody"
  /** Where an Ollama is that is none of the stand-ins. */
  ollamaUrl?: string
  /** Settings of the environment beside `OLLAMA_URLS`; an empty one counts as absent. */
  env?: Record<string, string>
  prepare?: (dataFolder: string) => Promise<void>
  context?: BrowserContextOptions
}

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
  const scenes: Scene[] = []
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
      const scene = await Scene.open(browser, options)
      scenes.push(scene)
      return scene
    },
  }
}

/** The service with an Ollama behind it, and a browser in front of it. Nothing of it is shared with other tests. */
export class Scene {
  readonly service: Service
  readonly context: BrowserContext
  readonly watch: Watch
  /** Where the service looks for Ollama. */
  readonly ollamaUrl: string
  #ollama: OllamaStandIn | undefined
  #expected: RegExp[] = []
  #mayLog = false

  private constructor(
    made: Pick<Scene, "service" | "context" | "watch" | "ollamaUrl">,
    ollama: OllamaStandIn | undefined,
  ) {
    this.service = made.service
    this.context = made.context
    this.watch = made.watch
    this.ollamaUrl = made.ollamaUrl
    this.#ollama = ollama
  }

  static async open(browser: Browser, options: SceneOptions): Promise<Scene> {
    const { models, env, prepare } = options
    const other = options.ollamaUrl ?? (models === "nobody" ? await closedAddress() : undefined)
    const ollama = other === undefined ? await startOllamaStandIn(Array.isArray(models) ? { models } : {}) : undefined
    const ollamaUrl = other ?? ollama?.url ?? ""
    const [service, context] = await Promise.all([
      startService({ env: { OLLAMA_URLS: ollamaUrl, ...env }, prepare }),
      browser.newContext({
        ...wide,
        permissions: ["clipboard-read", "clipboard-write"],
        timezoneId: "UTC",
        ...options.context,
      }),
    ])
    context.setDefaultTimeout(20_000)
    return new Scene({ service, context, watch: await watch(context), ollamaUrl }, ollama)
  }

  get ollama(): OllamaStandIn {
    if (this.#ollama === undefined) throw new Error("there is no Ollama in this scene yet")
    return this.#ollama
  }

  /** Somebody starts Ollama at the address where nobody was. */
  async ollamaAppears(models?: OllamaModel[]): Promise<void> {
    const port = Number(new URL(this.ollamaUrl).port)
    this.#ollama = await startOllamaStandIn({ port, ...(models === undefined ? {} : { models }) })
  }

  async ollamaGoes(): Promise<void> {
    await this.ollama.close()
    this.#ollama = undefined
  }

  /** A model answers by this script from now on, and by nothing it had before. */
  script(model: OllamaModel): void {
    const { models } = this.ollama
    const index = models.findIndex(({ name }) => name === model.name)
    if (index < 0) throw new Error(`there is no ${model.name} in this scene`)
    models[index] = model
  }

  /** A new tab. */
  async visit(path = "/"): Promise<App> {
    const page = await this.context.newPage()
    await page.goto(this.service.url + path)
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
    const answer = await fetch(this.service.url + path, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
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

  /** How often a model was asked for an answer. */
  get asked(): number {
    return this.ollama.requests.filter(({ path }) => path === "/api/chat").length
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
    await this.#ollama?.close()
    await this.service.stop()
    const problems = this.watch.problems.filter((problem) => !this.#expected.some((pattern) => pattern.test(problem)))
    return this.#mayLog ? problems : [...problems, ...this.service.errors]
  }
}
