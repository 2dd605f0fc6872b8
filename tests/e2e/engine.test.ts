import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { engineIsAvailable, startEngine } from "../support/engine.ts"
import type { Engine } from "../support/engine.ts"
import { useScenes } from "./support/scene.ts"

const scenes = useScenes()

describe.runIf(engineIsAvailable)("a real inference engine", () => {
  let engine: Engine | undefined
  beforeAll(async () => {
    engine = await startEngine()
  }, 300_000)
  afterAll(() => engine?.stop())

  test("says its sentence in the browser", async () => {
    if (engine === undefined) throw new Error("the engine has not started")
    const scene = await scenes.open({ ollamaUrl: engine.url })
    const app = await scene.visit()
    await app.modelButton.getByText("scripted").waitFor()
    await app.ask("What do you say?")
    await app.says(engine.expectedText.trim())
    expect(await app.meta.textContent()).toMatch(/^scripted·13 tokens/)
    expect(await scene.storedAnswer(app.chatId)).toBe(engine.expectedText)
    await app.page.reload()
    await app.says(engine.expectedText.trim())
  })
})
