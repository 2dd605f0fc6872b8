import type { Locator } from "playwright-core"
import { describe, expect, test } from "vitest"
import { eventually } from "./support/app.ts"
import type { App } from "./support/app.ts"
import { useScenes, wordsOf } from "./support/scene.ts"
import { counting } from "./support/texts.ts"

const scenes = useScenes()

const versions = (app: App, noun: "answer" | "question"): Locator =>
  app.conversation.getByRole("group", { name: `Versions of this ${noun}` })

describe("another answer to the same question", () => {
  test("stands beside the first one, and the choice survives a reload", async () => {
    const scene = await scenes.open({ models: [{ name: "writer:latest", text: "The first answer." }] })
    const app = await scene.visit()
    await app.ask("What now?")
    scene.script({ name: "writer:latest", text: "The second answer." })
    await app.answer.getByRole("button", { name: "Answer again" }).click()
    await app.conversation.getByText("The second answer.").waitFor()
    await eventually(() => versions(app, "answer").textContent()).toBe("2/2")
    expect(await app.conversation.getByText("The first answer.").count()).toBe(0)

    await versions(app, "answer").getByRole("button", { name: "Previous answer" }).click()
    await app.conversation.getByText("The first answer.").waitFor()
    expect(await versions(app, "answer").textContent()).toBe("1/2")
    expect(await versions(app, "answer").getByRole("button", { name: "Previous answer" }).isDisabled()).toBe(true)

    const leaf = (await scene.messages(app.chatId)).find((message) => wordsOf(message) === "The first answer.")?.id
    const { chatId } = app
    await eventually(async () => (await scene.api<{ leafId: string }>(`/api/chats/${chatId}`)).leafId).toBe(leaf)
    await app.page.reload()
    await app.conversation.getByText("The first answer.").waitFor()
    await versions(app, "answer").getByRole("button", { name: "Next answer" }).click()
    await app.conversation.getByText("The second answer.").waitFor()
  })

  test("is what later messages hang on", async () => {
    const scene = await scenes.open({ models: [{ name: "echo:latest" }] })
    const app = await scene.visit()
    await app.ask("One.")
    await app.ask("Two.")
    await app.answers.first().hover()
    await app.answers.first().getByRole("button", { name: "Answer again" }).click()
    await eventually(() => versions(app, "answer").textContent()).toBe("2/2")
    expect(await app.conversation.getByText("Two.", { exact: true }).count()).toBe(0)
    await versions(app, "answer").getByRole("button", { name: "Previous answer" }).click()
    await app.conversation.getByText("You said: Two. (messages: 3)").waitFor()
  })

  test("may come from another model", async () => {
    const models = [
      { name: "writer:latest", text: "From the writer." },
      { name: "poet:latest", text: "From the poet." },
    ]
    const scene = await scenes.open({ models })
    const app = await scene.visit()
    await app.modelButton.click()
    await app.dialog.getByRole("option", { name: "writer" }).click()
    await app.ask("Who are you?")
    await app.says("From the writer.")
    await app.answer.getByRole("button", { name: "Answer with another model" }).click()
    await app.dialog.getByRole("option", { name: "poet" }).click()
    await app.conversation.getByText("From the poet.").waitFor()
    await eventually(() => versions(app, "answer").textContent()).toBe("2/2")
  })
})

describe("an edited question", () => {
  test("begins a branch, and the old one is still there", async () => {
    const scene = await scenes.open({ models: [{ name: "echo:latest" }] })
    const app = await scene.visit()
    await app.ask("A question with a tpyo")
    await app.question("A question with a tpyo").hover()
    await app.conversation.getByRole("button", { name: "Edit your message" }).click()
    const field = app.page.getByRole("form", { name: "Edit your message" }).getByRole("textbox")
    expect(await field.inputValue()).toBe("A question with a tpyo")
    await field.fill("A question without a typo")
    await field.press("Enter")

    await app.conversation.getByText("You said: A question without a typo (messages: 1)").waitFor()
    expect(await versions(app, "question").textContent()).toBe("2/2")
    await app.page.reload()
    await app.conversation.getByText("You said: A question without a typo (messages: 1)").waitFor()
    await versions(app, "question").getByRole("button", { name: "Previous question" }).click()
    await app.conversation.getByText("You said: A question with a tpyo (messages: 1)").waitFor()
  })

  test("is left as it was by Escape", async () => {
    const scene = await scenes.open({ models: [{ name: "echo:latest" }] })
    const app = await scene.visit()
    await app.ask("Leave me as I am")
    await app.question("Leave me as I am").hover()
    await app.conversation.getByRole("button", { name: "Edit your message" }).click()
    const form = app.page.getByRole("form", { name: "Edit your message" })
    await form.getByRole("textbox").fill("Changed")
    await form.getByRole("textbox").press("Escape")
    await form.waitFor({ state: "detached" })
    await app.question("Leave me as I am").waitFor()
    expect(scene.asked).toHaveLength(1)
  })
})

describe("an answer that is continued", () => {
  test("goes on behind its words after it was stopped", async () => {
    const text = counting(100)
    const scene = await scenes.open({ models: [{ name: "writer:latest", text, holdAfter: 20 }] })
    const app = await scene.visit()
    await app.send("Count.")
    await scene.models.held()
    await app.answer.getByText("word15", { exact: false }).waitFor()
    await app.stopButton.click()
    await app.ended()
    const kept = await scene.storedAnswer(app.chatId)

    scene.script({ name: "writer:latest", text: text.slice(kept.length) })
    await app.answer.getByRole("button", { name: "Continue" }).click()
    await app.says(text)
    await app.ended()
    expect(await versions(app, "answer").textContent()).toBe("2/2")
    expect(await scene.storedAnswer(app.chatId)).toBe(text)
    await versions(app, "answer").getByRole("button", { name: "Previous answer" }).click()
    await app.says(kept)
  })

  test("goes on behind its words after the model died", async () => {
    const text = counting(100)
    const scene = await scenes.open({ models: [{ name: "writer:latest", text, fault: "die", faultAfter: 20 }] })
    const app = await scene.visit()
    await app.send("Count.")
    const fault = app.answer.getByRole("alert")
    await fault.getByRole("heading", { name: "writer stopped answering" }).waitFor()
    const kept = await scene.storedAnswer(app.chatId)
    expect(kept).toBe(text.slice(0, 140))

    scene.script({ name: "writer:latest", text: text.slice(kept.length) })
    await fault.getByRole("button", { name: "Continue" }).click()
    await app.says(text)
    await app.ended()
    expect(await versions(app, "answer").textContent()).toBe("2/2")
    expect(await app.conversation.getByRole("alert").count()).toBe(0)
  })
})
