import { describe, expect, test } from "vitest"
import { eventually } from "./support/app.ts"
import type { App } from "./support/app.ts"
import { useScenes } from "./support/scene.ts"
import { counting } from "./support/texts.ts"

const scenes = useScenes()
const text = counting(400)
/** What is seen of it when so many pieces have come. */
const shown = (pieces: number): string => text.slice(0, pieces * 7).trimEnd()

describe("an answer that is not finished", () => {
  test("goes on after a reload as if nothing had happened", async () => {
    const scene = await scenes.open({ models: [{ name: "writer:latest", text, holdAfter: 50 }] })
    const app = await scene.visit()
    await app.send("Count.")
    await scene.models.held()
    await app.says(shown(50))

    await app.page.reload()
    await app.says(shown(50))
    await app.stopButton.waitFor()
    scene.models.release()
    await app.ended()
    await app.says(text)
    expect(await scene.storedAnswer(app.chatId)).toBe(text)
    expect(scene.asked).toHaveLength(1)
  })

  test("is never shorter than before, whenever one reloads", async () => {
    const scene = await scenes.open({ models: [{ name: "writer:latest", text, intervalMs: 8 }] })
    const app = await scene.visit()
    await app.send("Count.")
    let seen = ""
    for (const mark of ["word40 ", "word120 ", "word200 "]) {
      await app.answer.getByText(mark, { exact: false }).waitFor()
      seen = (await app.words.textContent()) ?? ""
      await app.page.reload()
      await eventually(async () => (await app.words.textContent())?.startsWith(seen)).toBe(true)
    }
    await app.ended()
    await app.says(text)
    expect(await scene.storedAnswer(app.chatId)).toBe(text)
  })

  test("is there when its tab was closed and the chat is opened again", async () => {
    const scene = await scenes.open({ models: [{ name: "writer:latest", text, holdAfter: 50 }] })
    const app = await scene.visit()
    await app.send("Count.")
    await scene.models.held()
    await app.words.waitFor()
    const { chatId } = app
    await app.page.close()

    const again = await scene.visit()
    await again.chats.getByRole("img", { name: "answering" }).waitFor()
    await again.chat("Count.").click()
    await again.says(shown(50))
    await again.page.close()
    scene.models.release()
    await eventually(() => scene.storedAnswer(chatId)).toBe(text)

    const atLast = await scene.visit(`/chat/${chatId}`)
    await atLast.says(text)
    await atLast.ended()
  })

  test("goes on while one reads another chat, and is marked as new when it is done", async () => {
    const scene = await scenes.open({
      models: [{ name: "writer:latest", text: counting(30), holdAfter: 10 }],
    })
    const app = await scene.visit()
    await app.send("Count.")
    await scene.models.held()
    await app.chats.getByRole("link", { name: /^New chat/ }).click()
    await app.page.getByRole("heading", { name: "What is on your mind?" }).waitFor()
    scene.models.release()
    await app.chats.getByRole("img", { name: "new answer" }).waitFor()
    await app.chats.getByRole("link", { name: "Count." }).click()
    await app.says(counting(30))
    await app.chats.getByRole("img", { name: "new answer" }).waitFor({ state: "detached" })
  })
})

describe("two tabs", () => {
  const both = async (apps: App[], expected: string) => {
    for (const app of apps) await app.says(expected)
  }

  test("show the same growing words, and a stop in one stops the other", async () => {
    const scene = await scenes.open({ models: [{ name: "writer:latest", text, holdAfter: 50 }] })
    const one = await scene.visit()
    await one.send("Count.")
    await scene.models.held()
    await one.words.waitFor()
    const other = await scene.visit(`/chat/${one.chatId}`)
    await both([one, other], shown(50))

    scene.script({ name: "writer:latest", text, holdAfter: 100 })
    scene.models.release()
    await one.ended()
    await other.ended()
    await both([one, other], text)

    await other.send("Once more.")
    await scene.models.held()
    await one.question("Once more.").waitFor()
    await both([one, other], shown(100))
    await one.show()
    await one.stopButton.click()
    await one.ended(1)
    await other.ended(1)
    for (const app of [one, other]) expect(await app.meta.textContent()).toMatch(/^Stopped/)
    const kept = (await scene.storedAnswer(one.chatId)).trimEnd()
    await both([one, other], kept)
  })

  test("have the same list: what is begun, renamed and deleted in one is so in the other", async () => {
    const scene = await scenes.open()
    const one = await scene.visit()
    const other = await scene.visit()
    await one.show()
    await one.ask("A chat for two")
    await other.chat("A chat for two").waitFor()

    await one.choose("A chat for two", "Rename")
    await one.chats.getByRole("textbox", { name: "Title" }).fill("Another title")
    await one.chats.getByRole("textbox", { name: "Title" }).press("Enter")
    await other.show()
    await other.chat("Another title").click()
    await other.words.waitFor()
    expect(await other.page.title()).toBe("Another title · OmniChat")

    // A tab that asks for a chat just when it goes is told that it is gone.
    scene.expectProblems(/status of 404/)
    await one.show()
    await one.choose("Another title", "Delete")
    await other.page.getByRole("heading", { name: "This chat is not here" }).waitFor()
    expect(await other.chat("Another title").count()).toBe(0)
  })

  test("show the branch that was chosen last", async () => {
    const scene = await scenes.open({ models: [{ name: "writer:latest", text: "The first answer." }] })
    const one = await scene.visit()
    await one.ask("What now?")
    const other = await scene.visit(`/chat/${one.chatId}`)
    scene.script({ name: "writer:latest", text: "The second answer." })
    await other.answer.getByRole("button", { name: "Answer again" }).click()
    await both([one, other], "The second answer.")
    await one.show()
    await one.answer.getByRole("button", { name: "Previous answer" }).click()
    await both([one, other], "The first answer.")
  })
})
