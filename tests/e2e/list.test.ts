import { describe, expect, test } from "vitest"
import { eventually } from "./support/app.ts"
import { day } from "./support/history.ts"
import { phone, useScenes } from "./support/scene.ts"
import type { Scene } from "./support/scene.ts"

const scenes = useScenes()

const chatsOf = (titles: string[]) => titles.map((title, index) => ({ title, updatedAt: Date.now() - index * 60_000 }))

const titlesIn = async (scene: Scene): Promise<string[]> => {
  const { chats } = await scene.api<{ chats: { title: string }[] }>("/api/chats")
  return chats.map(({ title }) => title)
}

describe("the chat list", () => {
  test("is grouped by the day of the last words", async () => {
    const now = Date.now()
    const chats = [
      { title: "Just now", updatedAt: now },
      { title: "The day before", updatedAt: now - day },
      { title: "Some days ago", updatedAt: now - 4 * day },
      { title: "Long ago", updatedAt: Date.UTC(2024, 2, 9) },
    ]
    const scene = await scenes.open({ chats })
    const app = await scene.visit()
    const group = (name: string) => app.chats.getByRole("list", { name }).getByRole("link")
    await eventually(() => group("Today").allTextContents()).toEqual(["Just now"])
    expect(await group("Yesterday").allTextContents()).toEqual(["The day before"])
    expect(await group("Last week").allTextContents()).toEqual(["Some days ago"])
    expect(await group("March 2024").allTextContents()).toEqual(["Long ago"])
    expect(await app.chats.getByRole("heading").allTextContents()).toEqual([
      "Today",
      "Yesterday",
      "Last week",
      "March 2024",
    ])
  })

  test("names a chat by its first words, and anew in its place", async () => {
    const scene = await scenes.open()
    const app = await scene.visit()
    await app.ask("How do I boil an egg?")
    const title = app.chats.getByRole("textbox", { name: "Title" })
    await app.choose("How do I boil an egg?", "Rename")
    expect(await title.inputValue()).toBe("How do I boil an egg?")
    await title.fill("Nothing of this")
    await title.press("Escape")
    await app.chat("How do I boil an egg?").waitFor()

    await app.choose("How do I boil an egg?", "Rename")
    await title.fill("Eggs")
    await title.press("Enter")
    await app.chat("Eggs").waitFor()
    await eventually(() => app.page.title()).toBe("Eggs · OmniChat")
    await app.ask("And a hard one?")
    await app.page.reload()
    await app.chat("Eggs").waitFor()
  })

  test("gives back a deleted chat for a while", async () => {
    const scene = await scenes.open({ chats: chatsOf(["First", "Second", "Third"]) })
    const app = await scene.visit()
    await app.choose("Second", "Delete")
    await app.chat("Second").waitFor({ state: "detached" })
    await app.page.getByRole("status").getByText("Deleted “Second”").waitFor()
    await app.page.getByRole("button", { name: "Undo" }).click()
    await app.chat("Second").waitFor()
    await app.page.getByText("Deleted “Second”").waitFor({ state: "detached" })
    await app.page.reload()
    await app.chat("Second").waitFor()
    expect(scene.watch.requests.filter((request) => request.startsWith("DELETE"))).toEqual([])
  })

  test("deletes a chat when the time for that is over, and the one before it at once", async () => {
    const scene = await scenes.open({ chats: chatsOf(["First", "Second", "Third"]) })
    const app = await scene.visit()
    await app.choose("First", "Delete")
    await app.choose("Second", "Delete")
    const left = () => titlesIn(scene)
    await eventually(left).toEqual(["Second", "Third"])
    await app.page.getByText("Deleted “Second”").waitFor({ state: "detached" })
    await eventually(left).toEqual(["Third"])
  })

  test("deletes a chat also when the page is left at once", async () => {
    const scene = await scenes.open({ chats: chatsOf(["First", "Second"]) })
    const app = await scene.visit()
    await app.choose("First", "Delete")
    await app.page.goto("about:blank")
    const left = () => titlesIn(scene)
    await eventually(left).toEqual(["Second"])

    await app.page.goto(scene.url)
    await app.choose("Second", "Delete")
    await app.page.close()
    await eventually(left).toEqual([])
  })

  test("reads on as one scrolls, up to the last of 300 chats", async () => {
    const titles = Array.from({ length: 300 }, (_, index) => `Chat number ${index + 1}`)
    const scene = await scenes.open({ chats: chatsOf(titles) })
    const app = await scene.visit()
    await app.chat("Chat number 1").waitFor()
    await app.chat("Chat number 1").hover()
    const last = app.chat("Chat number 300")
    await eventually(async () => {
      await app.page.mouse.wheel(0, 2000)
      return last.count()
    }).toBe(1)
    await last.click()
    await app.conversation.waitFor()
    expect(await app.page.title()).toBe("Chat number 300 · OmniChat")
  })
})

describe("on a phone", () => {
  test("every chat has its menu in sight, and no menu speaks of keys", async () => {
    const scene = await scenes.open({ context: phone, chats: chatsOf(["First", "Second"]) })
    const app = await scene.visit()
    await app.page.getByRole("button", { name: "More about this chat" }).tap()
    await app.page.getByRole("menuitemcheckbox", { name: "Leave no trace" }).waitFor()
    expect(await app.page.getByRole("menuitem", { name: "Keys" }).count()).toBe(0)
    await app.page.keyboard.press("Escape")

    await app.page.getByRole("button", { name: "Open the chat list" }).tap()
    const more = app.chats.getByRole("button", { name: "More about Second" })
    expect(await more.evaluate((button) => getComputedStyle(button).opacity)).toBe("1")
    await more.tap()
    await app.page.getByRole("menuitem", { name: "Delete" }).tap()
    await app.chat("Second").waitFor({ state: "detached" })
    await app.chat("First").waitFor()
  })
})

describe("keys that work everywhere", () => {
  test("Ctrl+K finds a chat by its title, however old it is", async () => {
    const titles = Array.from({ length: 120 }, (_, index) => `Chat number ${index + 1}`)
    titles[110] = "The needle in the haystack"
    const scene = await scenes.open({ chats: chatsOf(titles) })
    const app = await scene.visit()
    await app.chat("Chat number 1").waitFor()
    await app.page.keyboard.press("Control+K")
    const search = app.dialog.getByRole("combobox", { name: "Search chats and commands" })
    await search.waitFor()
    await app.page.keyboard.type("hay needle")
    await app.dialog.getByRole("option", { name: "The needle in the haystack" }).waitFor()
    await app.page.keyboard.press("Enter")
    await eventually(() => app.page.title()).toBe("The needle in the haystack · OmniChat")
    expect(await app.dialog.count()).toBe(0)
  })

  test("Ctrl+K asks a question, runs commands, and goes away by itself or by Escape", async () => {
    const scene = await scenes.open()
    const app = await scene.visit()
    const retry = app.dialog.getByRole("option", { name: /^Retry/ })
    await app.modelButton.getByText("echo").waitFor()
    await app.page.keyboard.press("Control+K")
    await app.dialog.getByRole("option", { name: "Settings" }).waitFor()
    expect(await retry.count()).toBe(0)
    await app.page.keyboard.press("Escape")
    await app.ask("Something else first")
    await app.page.keyboard.press("Control+K")
    await eventually(() => retry.count()).toBe(2)
    await app.page.keyboard.press("Control+K")
    await app.dialog.waitFor({ state: "detached" })
    await app.page.keyboard.press("Control+K")
    await app.dialog.waitFor()
    await app.page.keyboard.press("Escape")
    await app.dialog.waitFor({ state: "detached" })

    await app.page.keyboard.press("Control+K")
    await app.page.keyboard.type("What is a monad")
    await app.page.keyboard.press("Control+Enter")
    await eventually(() => app.message.inputValue()).toBe("What is a monad")
    expect(new URL(app.page.url()).pathname).toBe("/")

    await app.page.keyboard.press("Control+K")
    await app.page.keyboard.type("settings")
    await app.page.keyboard.press("Enter")
    await app.page.getByRole("heading", { name: "Settings" }).waitFor()
  })

  test("Ctrl+Shift+O begins a chat, and ? shows the keys when one does not type", async () => {
    const scene = await scenes.open()
    const app = await scene.visit()
    await app.ask("Something")
    await app.page.keyboard.press("Control+Shift+O")
    await app.page.getByRole("heading", { name: "What is on your mind?" }).waitFor()
    await app.page.keyboard.type("really?")
    expect(await app.message.inputValue()).toBe("really?")
    await app.message.blur()
    await app.page.keyboard.press("?")
    await app.page.getByRole("dialog", { name: "Keys" }).getByText("Edit the last message", { exact: false }).waitFor()
    await app.page.keyboard.press("Escape")
    await app.dialog.waitFor({ state: "detached" })
  })
})
