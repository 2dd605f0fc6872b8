import { describe, expect, test } from "vitest"
import { eventually } from "./support/app.ts"
import { useScenes } from "./support/scene.ts"

const scenes = useScenes()

describe("a model that fails", () => {
  test("before it says a word shows why, and can be asked again", async () => {
    const scene = await scenes.open({ models: [{ name: "writer:latest", status: 500 }] })
    const app = await scene.visit()
    await app.send("Are you well?")
    const fault = app.answer.getByRole("alert")
    await fault.getByRole("heading", { name: "writer did not answer" }).waitFor()
    await fault.getByText("a failure with status 500", { exact: false }).waitFor()

    scene.script({ name: "writer:latest", text: "Well again." })
    await fault.getByRole("button", { name: "Retry" }).click()
    await app.conversation.getByText("Well again.").waitFor()
    await eventually(() => app.conversation.getByRole("alert").count()).toBe(0)
  })

  test("can be replaced by another one on the spot", async () => {
    const models = [
      { name: "gone:latest", status: 404 },
      { name: "here:latest", text: "I am here." },
    ]
    const scene = await scenes.open({ models })
    const app = await scene.visit()
    await app.modelButton.click()
    await app.dialog.getByRole("option", { name: "gone" }).click()
    await app.send("Who is there?")
    await app.answer.getByRole("alert").getByRole("button", { name: "Pick another model" }).click()
    await app.dialog.getByRole("option", { name: "here" }).click()
    await app.conversation.getByText("I am here.").waitFor()
    await app.ended()
    await app.ask("And now?")
    expect(await app.answer.getAttribute("aria-label")).toBe("Answer from here")
  })

  test("and whose server is gone leaves the question, and the settings are one step away", async () => {
    const scene = await scenes.open()
    const app = await scene.visit()
    await app.ask("Still there?")
    const { models } = scene.machine.ollama
    await scene.machine.ollamaGoes()
    await app.send("And now?")
    const fault = app.answer.getByRole("alert")
    await fault.getByRole("heading", { name: "echo is not there" }).waitFor()
    await app.question("And now?").waitFor()

    await scene.machine.ollamaAppears(models)
    await fault.getByRole("button", { name: "Retry" }).click()
    await app.conversation.getByText("You said: And now? (messages: 3)").waitFor()
  })

  test("in mid-answer keeps what it said", async () => {
    const scene = await scenes.open({
      models: [{ name: "writer:latest", text: "What was said stays said.", fault: "error" }],
    })
    const app = await scene.visit()
    await app.send("Say something.")
    await app.answer.getByRole("heading", { name: "writer stopped answering" }).waitFor()
    await app.says("What was said stays s")
    expect(await scene.storedAnswer(app.chatId)).toBe("What was said stays s")
    const ways = app.answer.getByRole("alert").getByRole("button")
    expect(await ways.allTextContents()).toEqual(["Retry", "Continue", "Pick another model"])
    // Each way on is offered once: the row below the answer has but the others.
    await app.answer.getByRole("button", { name: "Copy the answer" }).waitFor()
    expect(await app.answer.getByRole("button", { name: /^Answer / }).count()).toBe(0)
  })
})
