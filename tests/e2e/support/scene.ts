import type { Browser, BrowserContextOptions, Page } from "playwright-core"
import { afterAll, beforeAll } from "vitest"
import { watch } from "../../support/browser.ts"
import type { OllamaModel } from "../../support/ollama-stand-in.ts"
import { runtimeKind } from "../../support/runtime.ts"
import type { Asked } from "../../support/upstream.ts"
import { App } from "./app.ts"
import { BrowserScene, useBrowserScenes } from "./browser-scene.ts"
import { Machine } from "./machine.ts"
import type { MachineOptions, StageOptions, Stages } from "./stage.ts"

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
  let stages: Stages | undefined
  beforeAll(async () => {
    stages = await createStages()
  })
  // Before the browser's own, so that it comes after it.
  afterAll(async () => stages?.close())
  return useBrowserScenes<Scene, SceneOptions>((browser, options) => {
    if (stages === undefined) throw new Error("there is nothing to play on yet")
    return Scene.open(browser, stages, options)
  })
}

/** The service with its models behind it, and its owner's browser in front of it. */
export class Scene extends BrowserScene {
  /** By which a program is the owner. */
  readonly headers: Record<string, string>

  private constructor(made: Pick<Scene, "stage" | "context" | "watch" | "headers">) {
    super(made)
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
    return new Scene({ stage, context, headers, watch: await watch(context) })
  }

  protected tab(page: Page): App {
    return new App(page)
  }

  /** What only one machine has. */
  get machine(): Machine {
    if (this.stage instanceof Machine) return this.stage
    throw new Error("this scene is not one machine's")
  }

  script(model: OllamaModel): void {
    this.models.script(model)
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
}

/** Those of the runtime that the project of vitest.config.ts says. */
async function createStages(): Promise<Stages> {
  if (runtimeKind === "aws") return (await import("./cloud.ts")).createCloud()
  return { open: Machine.open, close: () => Promise.resolve() }
}
