import { join } from "node:path"
import { describe, expect, test } from "vitest"
import { workspaceRoot } from "../../scripts/lib/files.mjs"
import type { OllamaModel } from "../support/ollama-stand-in.ts"
import { eventually } from "./support/app.ts"
import type { App } from "./support/app.ts"
import { flaws, flawsInAllColours } from "./support/axe.ts"
import { day } from "./support/history.ts"
import { phone, useScenes, wide } from "./support/scene.ts"
import type { Scene, SceneOptions } from "./support/scene.ts"
import { essay } from "./support/texts.ts"

const scenes = useScenes()
const screenshots = join(workspaceRoot, "artifacts/screenshots")

/** What a person might have: some models, and some chats. */
const models: OllamaModel[] = [
  { name: "gemma3:4b", capabilities: ["completion", "vision"], contextLength: 131_072, sizeBytes: 3_338_801_804 },
  { name: "llama3.2:3b", contextLength: 131_072, sizeBytes: 2_019_393_189, text: "The second try is shorter." },
  {
    name: "qwen3:8b",
    capabilities: ["completion", "tools", "thinking"],
    contextLength: 40_960,
    sizeBytes: 5_225_388_164,
    loaded: true,
    ...essay,
  },
]
const chats: [title: string, daysAgo: number][] = [
  ["Packing list for a week in the mountains", 0],
  ["Why is the sky dark at night?", 0.01],
  ["Regular expression for ISO dates", 1],
  ["Names for a small boat", 1.01],
  ["Sourdough, second attempt", 3],
  ["Letter to the landlord", 4],
  ["What a monad is, without burritos", 20],
  ["Cron every second Tuesday", 60],
]
const past = () => chats.map(([title, daysAgo]) => ({ title, updatedAt: Date.now() - daysAgo * day }))

type State = {
  name: string
  options?: () => SceneOptions
  /** Leads there from the start of the app. */
  go: (app: App, scene: Scene) => Promise<void>
  on?: "wide" | "phone"
}

const states: State[] = [
  {
    name: "first-start",
    options: () => ({ models: "nobody", env: { OLLAMA_URLS: "" } }),
    async go(app) {
      await app.page.getByText(/^Looking at/).waitFor()
    },
  },
  {
    name: "empty-chat",
    async go(app) {
      await app.page.getByText(/, 3 models$/).waitFor()
    },
  },
  {
    name: "streaming-answer",
    async go(app, scene) {
      await app.send("How long does one wait at a busy counter?")
      await scene.models.held()
      await eventually(() => app.answer.locator("math").count()).toBeGreaterThan(1)
      await app.answer.getByText("waiting.push", { exact: false }).waitFor()
    },
  },
  {
    name: "branch",
    async go(app, scene) {
      scene.script({ name: "qwen3:8b", text: "The first try, with some more words than the second one has." })
      await app.ask("Describe a queue in one sentence.")
      scene.script({ name: "qwen3:8b", text: "A queue is a promise that waiting has an order.", intervalMs: 40 })
      await app.answer.getByRole("button", { name: "Answer again" }).click()
      await app.says("A queue is a promise that waiting has an order.")
      await app.ended()
      await app.conversation.getByRole("group", { name: "Versions of this answer" }).waitFor()
    },
  },
  {
    name: "dead-model",
    async go(app, scene) {
      const text = "A queue is a promise that waiting has an order. Those who came first are served first, and"
      scene.script({ name: "qwen3:8b", text, fault: "die", faultAfter: 13, intervalMs: 40 })
      await app.send("Describe a queue in one sentence.")
      await app.answer.getByRole("alert").waitFor()
    },
  },
  {
    name: "settings",
    async go(app) {
      await app.page.goto(new URL("/settings", app.page.url()).href)
      await app.page.getByText("3 models").waitFor()
    },
  },
  {
    name: "picker",
    async go(app) {
      await app.modelButton.click()
      await app.dialog.getByRole("option", { name: "qwen3:8b" }).getByText("Loaded").waitFor()
    },
  },
  {
    name: "palette",
    async go(app) {
      await app.page.keyboard.press("Control+K")
      await app.dialog.waitFor()
      await app.page.keyboard.type("re")
      await app.dialog.getByRole("option").first().waitFor()
    },
  },
  {
    name: "keys",
    on: "wide",
    async go(app) {
      await app.page.getByRole("button", { name: "More about this chat" }).click()
      await app.page.getByRole("menuitem", { name: "Keys" }).click()
      await app.page.getByRole("dialog", { name: "Keys" }).waitFor()
    },
  },
  {
    name: "chat-list-sheet",
    on: "phone",
    async go(app) {
      await app.page.getByRole("button", { name: "Open the chat list" }).click()
      await app.chat("Letter to the landlord").click({ trial: true })
    },
  },
]

test("axe finds what is wrong", async () => {
  const scene = await scenes.open()
  const app = await scene.visit()
  await app.modelButton.getByText("echo").waitFor()
  await app.page.evaluate(() => {
    const words = document.createElement("p")
    words.textContent = "Hardly to be read"
    words.style.color = "#ddd"
    document.querySelector("main")?.append(words, document.createElement("button"))
  })
  const rules = (await flaws(app.page)).map((flaw) => flaw.split(" ")[0])
  expect(rules).toEqual(expect.arrayContaining(["color-contrast", "button-name"]))
})

describe.each([
  { device: "wide" as const, context: wide },
  { device: "phone" as const, context: phone },
])("on a $device screen", ({ device, context }) => {
  test.each(states.filter(({ on }) => on === undefined || on === device))(
    "axe finds nothing to complain of: $name",
    async ({ name, options, go }) => {
      const scene = await scenes.open({
        context,
        ...(options?.() ?? { models: structuredClone(models), chats: past() }),
      })
      const chosen = options === undefined
      if (chosen) await scene.api("/api/settings", { method: "PATCH", body: { defaultModel: "ollama/qwen3:8b" } })
      const app = await scene.visit()
      if (chosen) await app.modelButton.getByText("qwen3:8b").waitFor()
      await go(app, scene)
      const found = await flawsInAllColours(app.page, (colorScheme) =>
        app.page.screenshot({ path: join(screenshots, `${name}-${device}-${colorScheme}.png`) }),
      )
      expect(found).toEqual([])
      const { scrollWidth, clientWidth } = await app.page.evaluate(() => document.documentElement)
      expect(scrollWidth).toBe(clientWidth)
    },
  )
})
