import { describe, expect, test } from "vitest"
import { runtimeKind } from "../support/runtime.ts"
import { eventually } from "./support/app.ts"
import type { App } from "./support/app.ts"
import { useScenes, wordsOf } from "./support/scene.ts"
import type { Scene } from "./support/scene.ts"
import { counting } from "./support/texts.ts"

const scenes = useScenes()
const text = counting(200)

/** What Chromium itself writes when a server does not answer, or is not ready yet. */
const unreachable = [/net::ERR_/, /WebSocket connection to .* failed/, /status of 503/]

const quietLine = (app: App) => app.page.getByRole("status").getByText("Reconnecting…")

/** Every question of a chat as the server has it. */
const questions = async (scene: Scene, app: App) =>
  (await scene.messages(app.chatId)).filter(({ role }) => role === "user").map(wordsOf)

// What can die on AWS instead is in tests/handlers.
describe.runIf(runtimeKind === "local")("a server that is killed in mid-answer", () => {
  test("leaves a quiet line, every word, and an answer that can be continued", async () => {
    const scene = await scenes.open({ models: [{ name: "writer:latest", text, holdAfter: 50 }] })
    scene.expectProblems(...unreachable)
    scene.expectLog()
    const app = await scene.visit()
    await app.send("Count.")
    await scene.models.held()
    await app.says(text.slice(0, 350))

    await scene.machine.service.kill()
    await quietLine(app).waitFor()
    expect(await app.dialog.count()).toBe(0)
    expect(await app.words.textContent()).toBe(text.slice(0, 350))
    await app.message.fill("Something I was about to say")

    await scene.machine.service.start()
    await quietLine(app).waitFor({ state: "detached" })
    const fault = app.answer.getByRole("alert")
    await fault.getByRole("heading", { name: "The answer was cut off" }).waitFor()
    expect(await app.words.textContent()).toBe(text.slice(0, 350))
    expect(await scene.storedAnswer(app.chatId)).toBe(text.slice(0, 350))
    expect(await app.message.inputValue()).toBe("Something I was about to say")

    scene.script({ name: "writer:latest", text: text.slice(350) })
    await fault.getByRole("button", { name: "Continue" }).click()
    await app.says(text)
  })

  test("sends what was written meanwhile, once", async () => {
    const scene = await scenes.open()
    scene.expectProblems(...unreachable)
    scene.expectLog()
    const app = await scene.visit()
    await app.ask("Before.")
    await scene.machine.service.kill()
    await quietLine(app).waitFor()
    await app.send("While it was away.")
    await app.question("While it was away.").waitFor()
    await app.conversation.getByText("Goes out when the connection is back").waitFor()
    expect(await app.message.inputValue()).toBe("")

    await scene.machine.service.start()
    await app.conversation.getByText("You said: While it was away. (messages: 3)").waitFor()
    await app.conversation.getByText("Goes out when the connection is back").waitFor({ state: "detached" })
    expect(await questions(scene, app)).toEqual(["Before.", "While it was away."])
    expect(scene.asked).toHaveLength(2)
  })

  test("gets a whole chat that was begun meanwhile", async () => {
    const scene = await scenes.open()
    scene.expectProblems(...unreachable)
    scene.expectLog()
    const app = await scene.visit()
    await app.ask("Before.")
    await app.chats.getByRole("link", { name: /^New chat/ }).click()
    await scene.machine.service.kill()
    await quietLine(app).waitFor()
    await app.send("A chat that nobody has heard of")
    await app.chat("A chat that nobody has heard of").waitFor()

    await scene.machine.service.start()
    await app.conversation.getByText("You said: A chat that nobody has heard of (messages: 1)").waitFor()
    expect(await questions(scene, app)).toEqual(["A chat that nobody has heard of"])
  })

  test("gets what was written even when the tab was closed before it came back", async () => {
    const scene = await scenes.open()
    scene.expectProblems(...unreachable)
    scene.expectLog()
    const app = await scene.visit()
    await app.ask("Before.")
    const { chatId } = app
    await scene.machine.service.kill()
    await quietLine(app).waitFor()
    await app.send("My last words")
    await app.conversation.getByText("Goes out when the connection is back").waitFor()
    await app.page.close()

    await scene.machine.service.start()
    const again = await scene.visit(`/chat/${chatId}`)
    await again.conversation.getByText("You said: My last words (messages: 3)").waitFor()
    expect(await questions(scene, again)).toEqual(["Before.", "My last words"])
  })
})

describe("a network that is gone for a while", () => {
  test("is told of in a quiet line, and costs neither a word of the answer nor one of one's own", async () => {
    const scene = await scenes.open({ models: [{ name: "writer:latest", text, holdAfter: 50 }] })
    scene.expectProblems(...unreachable)
    const app = await scene.visit()
    await app.send("Count.")
    await scene.models.held()
    await app.says(text.slice(0, 350))

    await scene.context.setOffline(true)
    scene.models.release()
    await app.message.fill("Sent into the dark")
    await quietLine(app).waitFor()
    await app.message.press("Enter")
    await app.question("Sent into the dark").waitFor()
    await app.message.fill("Not sent yet")
    expect(await app.words.textContent()).toBe(text.slice(0, 350))

    await scene.context.setOffline(false)
    await quietLine(app).waitFor({ state: "detached" })
    await eventually(() => app.answers.first().getByRole("paragraph").first().textContent()).toBe(text)
    await app.question("Sent into the dark").waitFor()
    await eventually(() => questions(scene, app)).toEqual(["Count.", "Sent into the dark"])
    await eventually(() => app.answers.count()).toBe(2)
    expect(await app.message.inputValue()).toBe("Not sent yet")
    expect(scene.asked).toHaveLength(2)
  })
})
