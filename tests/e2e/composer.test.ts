import { describe, expect, test } from "vitest"
import { eventually } from "./support/app.ts"
import { useScenes } from "./support/scene.ts"
import { counting } from "./support/texts.ts"

const scenes = useScenes()

describe("the keys of the composer", () => {
  test("Enter sends, Shift+Enter begins a line, and nothing is sent that is empty", async () => {
    const scene = await scenes.open()
    const app = await scene.visit()
    await app.message.press("Enter")
    await app.message.fill("   ")
    await app.message.press("Enter")
    expect(await app.composer.getByRole("button", { name: "Send" }).isDisabled()).toBe(true)

    await app.message.fill("One")
    await app.message.press("Shift+Enter")
    await app.message.pressSequentially("Two")
    expect(await app.message.inputValue()).toBe("One\nTwo")
    await app.message.press("Enter")
    await app.answer.getByText("You said: One").waitFor()
    await app.ended()
    expect((await scene.messages(app.chatId))[0]?.parts).toEqual([{ type: "text", text: "One\nTwo" }])
    expect(await app.message.inputValue()).toBe("")
    expect(scene.asked).toHaveLength(1)
  })

  test("what is sent before the models are known goes out when they are", async () => {
    const scene = await scenes.open()
    let know = () => {}
    const known = new Promise<void>((resolve) => (know = resolve))
    await scene.context.route("**/api/models", async (route) => {
      await known
      await route.continue()
    })
    const app = await scene.visit()
    await app.message.fill("Hello")
    await app.message.press("Enter")
    const hint = app.composer.getByRole("status")
    await hint.getByText("Goes out when the models are found").waitFor()
    expect(await app.message.inputValue()).toBe("Hello")

    // Who goes on writing has not meant it yet.
    await app.message.pressSequentially(" there")
    await eventually(() => hint.textContent()).toBe("")
    await app.message.press("Enter")
    await hint.getByText("Goes out when the models are found").waitFor()
    know()
    await app.conversation.getByText("You said: Hello there (messages: 1)").waitFor()
    expect(await app.message.inputValue()).toBe("")
    expect(scene.asked).toHaveLength(1)
  })

  test("an Enter that chooses a word of an input method does not send", async () => {
    const scene = await scenes.open()
    const app = await scene.visit()
    await app.message.focus()
    const keyboard = await scene.context.newCDPSession(app.page)
    await keyboard.send("Input.imeSetComposition", { text: "にほ", selectionStart: 2, selectionEnd: 2 })
    for (const windowsVirtualKeyCode of [13, 229]) {
      await keyboard.send("Input.dispatchKeyEvent", { type: "rawKeyDown", key: "Enter", windowsVirtualKeyCode })
    }
    expect(await app.message.inputValue()).toBe("にほ")
    await keyboard.send("Input.insertText", { text: "日本" })
    expect(await app.message.inputValue()).toBe("日本")
    expect(await app.answers.count()).toBe(0)

    await app.sendButton.waitFor()
    await app.page.keyboard.press("Enter")
    await app.conversation.getByText("You said: 日本 (messages: 1)").waitFor()
    expect(scene.asked).toHaveLength(1)
  })

  test("the arrow up in an empty field edits the last message", async () => {
    const scene = await scenes.open()
    const app = await scene.visit()
    await app.ask("One.")
    await app.ask("Two.")
    await app.message.fill("Not empty")
    await app.message.press("ArrowUp")
    const field = app.page.getByRole("form", { name: "Edit your message" }).getByRole("textbox")
    expect(await field.count()).toBe(0)
    await app.message.fill("")
    await app.message.press("ArrowUp")
    expect(await field.inputValue()).toBe("Two.")
    await app.page.keyboard.type(" Three.")
    await app.page.keyboard.press("Enter")
    await app.conversation.getByText("You said: Two. Three. (messages: 3)").waitFor()
  })
})

describe("what is being written", () => {
  test("stays in its chat over a reload and a look elsewhere", async () => {
    const scene = await scenes.open()
    const app = await scene.visit()
    await app.ask("The first chat")
    const first = app.chatId
    await app.message.fill("For the first")
    await app.chats.getByRole("link", { name: /^New chat/ }).click()
    await app.page.getByRole("heading", { name: "What is on your mind?" }).waitFor()
    expect(await app.message.inputValue()).toBe("")
    await app.message.fill("For a new one")

    await app.chat("The first chat").click()
    await eventually(() => app.message.inputValue()).toBe("For the first")
    await app.message.fill("For the first, and more")
    await app.page.reload()
    await eventually(() => app.message.inputValue()).toBe("For the first, and more")
    await app.page.goBack()
    await eventually(() => app.message.inputValue()).toBe("For a new one")

    const other = await scene.visit(`/chat/${first}`)
    expect(await other.message.inputValue()).toBe("For the first, and more")
    await other.sendButton.waitFor()
    await other.message.press("Enter")
    await other.conversation.getByText("You said: For the first, and more (messages: 3)").waitFor()
    await other.page.reload()
    await other.words.waitFor()
    expect(await other.message.inputValue()).toBe("")
  })

  test("can be sent while the model still answers, and goes out after that", async () => {
    const text = counting(60)
    const scene = await scenes.open({ models: [{ name: "writer:latest", text, holdAfter: 20 }] })
    const app = await scene.visit()
    await app.send("Count.")
    await scene.models.held()
    await app.message.fill("And then")
    await eventually(() => app.stopButton.count()).toBe(0)
    await app.message.fill("")
    await app.stopButton.waitFor()

    await app.send("And then stop.")
    await app.question("And then stop.").waitFor()
    await app.conversation.getByText("Goes out when the answer above is done").waitFor()
    expect(scene.asked).toHaveLength(1)
    scene.script({ name: "writer:latest", text: "Stopped." })
    scene.models.release()
    await app.conversation.getByText("Stopped.", { exact: true }).waitFor()
    await eventually(() => app.answers.first().getByRole("paragraph").first().textContent()).toBe(text)
    expect(scene.asked).toHaveLength(2)
  })

  test("and not sent yet can be taken back", async () => {
    const scene = await scenes.open({ models: [{ name: "writer:latest", text: counting(60), holdAfter: 20 }] })
    const app = await scene.visit()
    await app.send("Count.")
    await scene.models.held()
    await app.send("And then stop.")
    await app.question("And then stop.").hover()
    await app.conversation.getByRole("button", { name: "Take your message back" }).click()
    await eventually(() => app.message.inputValue()).toBe("And then stop.")
    scene.models.release()
    await app.ended()
    expect(await app.conversation.getByText("And then stop.").count()).toBe(0)
    expect(scene.asked).toHaveLength(1)
  })
})
