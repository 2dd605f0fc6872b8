import { newId } from "@omnichat/core/protocol/id"
import { describe, expect, test } from "vitest"
import { eventually } from "./support/app.ts"
import type { App } from "./support/app.ts"
import { day, pastQuestion } from "./support/history.ts"
import { useScenes } from "./support/scene.ts"

const scenes = useScenes()

const elements = (app: App): Promise<number> => app.page.evaluate(() => document.querySelectorAll("*").length)

describe("a chat of 2,000 messages", () => {
  test("opens at its end, is read back as far as one likes, and goes on", async () => {
    const id = newId("cht", Date.now() - day)
    const chats = [{ id, title: "A long story", updatedAt: Date.now() - 1000, turns: 1000 }]
    const scene = await scenes.open({ chats })
    const app = await scene.visit(`/chat/${id}`)
    await app.answer.getByText("The end of answer 1000.").waitFor()
    expect(await elements(app)).toBeLessThan(6000)

    await app.conversation.hover()
    const early = app.answers.getByText("The end of answer 800.")
    await eventually(async () => {
      await app.page.mouse.wheel(0, -4000)
      return early.count()
    }).toBe(1)
    await early.scrollIntoViewIfNeeded()
    await app.conversation.getByText(pastQuestion(800)).waitFor()
    expect(await elements(app)).toBeLessThan(25_000)

    await app.page.getByRole("button", { name: "To the latest words" }).click()
    await app.ask("And then?")
    await app.conversation.getByText("You said: And then? (messages: 2001)").waitFor()
  })
})

describe("a list of 10,000 chats", () => {
  test("is there at once, scrolls, is searched, and draws but what one sees", async () => {
    const chats = Array.from({ length: 10_000 }, (_, index) => ({
      title: `Chat number ${index + 1}`,
      updatedAt: Date.now() - index * 600_000,
    }))
    const scene = await scenes.open({ chats })
    const app = await scene.visit()
    await app.chat("Chat number 1").waitFor()
    expect(await elements(app)).toBeLessThan(3000)

    await app.chat("Chat number 1").hover()
    await eventually(async () => {
      await app.page.mouse.wheel(0, 10_000)
      const last = await app.chats
        .getByRole("link", { name: /^Chat number/ })
        .last()
        .textContent()
      return Number(/\d+/.exec(last ?? "")?.[0])
    }).toBeGreaterThan(1500)
    expect(await elements(app)).toBeLessThan(3000)

    await app.page.keyboard.press("Control+K")
    await app.dialog.waitFor()
    await app.page.keyboard.type("number 9999")
    await app.dialog.getByRole("option", { name: "Chat number 9999" }).waitFor()
    await app.page.keyboard.press("Enter")
    await eventually(() => app.page.title()).toBe("Chat number 9999 · OmniChat")
    await app.answer.getByText("The end of answer 1.").waitFor()
    await app.ask("Still awake?")
    await app.chats
      .getByRole("link", { name: /^Chat number/ })
      .first()
      .hover()
    await eventually(async () => {
      await app.page.mouse.wheel(0, -100_000)
      return app.chats
        .getByRole("link", { name: /^Chat number/ })
        .first()
        .textContent()
    }).toBe("Chat number 9999")
    expect(await elements(app)).toBeLessThan(3000)
  })
})
