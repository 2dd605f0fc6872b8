import { describe, expect, test } from "vitest"
import { eventually } from "./support/app.ts"
import { useScenes } from "./support/scene.ts"

const scenes = useScenes()

describe("the model picker", () => {
  test("is searched, walked and used by keys alone", async () => {
    const scene = await scenes.open()
    const app = await scene.visit()
    await app.modelButton.getByText("echo").waitFor()
    await app.modelButton.focus()
    await app.page.keyboard.press("Enter")
    const list = app.page.getByRole("dialog", { name: "Pick a model" })
    await list.waitFor()
    expect(await list.getByRole("combobox").evaluate((field) => field === document.activeElement)).toBe(true)
    await eventually(() => list.getByRole("option").count()).toBe(3)
    expect(await list.getByRole("option", { selected: true }).allTextContents()).toEqual([
      expect.stringContaining("echo"),
    ])

    await app.page.keyboard.type("think")
    await eventually(() => list.getByRole("option").count()).toBe(1)
    await app.page.keyboard.press("Enter")
    await list.waitFor({ state: "detached" })
    await app.modelButton.getByText("thinker:8b").waitFor()
    expect(await app.modelButton.evaluate((button) => button === document.activeElement)).toBe(true)

    await app.ask("Who are you?")
    expect(await app.answer.getAttribute("aria-label")).toBe("Answer from thinker:8b")
    await app.page.reload()
    await app.modelButton.getByText("thinker:8b").waitFor()
  })

  test("is left by Escape without a change", async () => {
    const scene = await scenes.open()
    const app = await scene.visit()
    await app.modelButton.getByText("echo").waitFor()
    await app.modelButton.click()
    await app.dialog.waitFor()
    await app.page.keyboard.press("ArrowDown")
    await app.page.keyboard.press("Escape")
    await app.dialog.waitFor({ state: "detached" })
    await app.modelButton.getByText("echo").waitFor()
  })

  test("tells what each model can do, and says so when none is found", async () => {
    const scene = await scenes.open()
    const app = await scene.visit()
    await app.modelButton.click()
    const option = (name: string) => app.dialog.getByRole("option", { name })
    await option("seer:4b").getByRole("img", { name: "images" }).waitFor()
    await option("thinker:8b").getByRole("img", { name: "tools, thinking" }).waitFor()
    await option("echo").getByText("Loaded").waitFor()
    await option("seer:4b").getByText("3.3 GB").waitFor()
    await app.page.keyboard.type("no such model")
    await app.dialog.getByText("No model is called that.").waitFor()
  })

  test("begins with a model that is loaded, and keeps to the one that was chosen", async () => {
    const models = [{ name: "ample:70b" }, { name: "brisk:4b", loaded: true }, { name: "calm:1b" }]
    const scene = await scenes.open({ models })
    const app = await scene.visit()
    await app.modelButton.getByText("brisk:4b").waitFor()
    expect(scene.watch.requests.filter((request) => request.endsWith("/api/models"))).toHaveLength(1)
    await app.ask("Who are you?")
    expect(await app.answer.getAttribute("aria-label")).toBe("Answer from brisk:4b")

    await app.modelButton.click()
    await app.dialog.getByRole("option", { name: "calm:1b" }).click()
    const other = await scene.visit()
    await other.modelButton.getByText("calm:1b").waitFor()
  })

  test("has a model as soon as Ollama has it", async () => {
    const scene = await scenes.open()
    const app = await scene.visit()
    await app.modelButton.click()
    await app.dialog.getByRole("option", { name: "seer:4b" }).waitFor()
    scene.machine.ollama.models.push({ name: "newcomer:1b" })
    await app.dialog.getByRole("option", { name: "newcomer:1b" }).waitFor()
  })
})
