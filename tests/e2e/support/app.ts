import type { Locator, Page } from "playwright-core"
import { expect } from "vitest"

/** The app in a tab, as one finds one's way in it: by roles and names. */
export class App {
  readonly page: Page

  constructor(page: Page) {
    this.page = page
  }

  /** Where one writes. */
  get message(): Locator {
    return this.composer.getByRole("textbox", { name: "Message" })
  }

  get composer(): Locator {
    return this.page.getByRole("form", { name: "Write a message" })
  }

  get sendButton(): Locator {
    return this.composer.getByRole("button", { name: "Send", disabled: false })
  }

  get stopButton(): Locator {
    return this.composer.getByRole("button", { name: "Stop" })
  }

  get conversation(): Locator {
    return this.page.getByRole("region", { name: "Conversation" })
  }

  get answers(): Locator {
    return this.conversation.getByRole("article", { name: /^Answer from/ })
  }

  /** The last answer that is shown. */
  get answer(): Locator {
    return this.answers.last()
  }

  /** The first paragraph of the last answer: all of it, when a model says but one. */
  get words(): Locator {
    return this.answer.getByRole("paragraph").first()
  }

  /** The quiet line below the last answer: who, how much, how fast. */
  get meta(): Locator {
    return this.answer.getByRole("paragraph").last()
  }

  /** What a message of one's own says. */
  question(text: string): Locator {
    return this.conversation.getByRole("group", { name: "Your message" }).getByText(text, { exact: true })
  }

  /** The list of chats. */
  get chats(): Locator {
    return this.page.getByRole("navigation", { name: "Chats" })
  }

  /** A chat in the list, whether something is new in it or not. */
  chat(title: string): Locator {
    const exactly = title.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")
    return this.chats.getByRole("link", { name: new RegExp(`^${exactly}( answering| new answer)?$`) })
  }

  /** Says which model answers, and opens the list of the others. */
  get modelButton(): Locator {
    return this.page.getByRole("button", { name: /^Model: / })
  }

  get dialog(): Locator {
    return this.page.getByRole("dialog")
  }

  /** The id of the chat in the address. */
  get chatId(): string {
    const [, id] = /\/chat\/(cht_\w+)$/.exec(this.page.url()) ?? []
    if (id === undefined) throw new Error(`no chat is open at ${this.page.url()}`)
    return id
  }

  /** Brings the tab before the others; a browser paints the hidden ones but rarely. */
  async show(): Promise<void> {
    await this.page.bringToFront()
  }

  /** With Enter, or with the button where there is but a keyboard of glass. */
  async send(text: string): Promise<void> {
    await this.message.fill(text)
    await this.sendButton.waitFor()
    if (await this.page.evaluate(() => matchMedia("(hover: none)").matches)) await this.sendButton.click()
    else await this.message.press("Enter")
  }

  /** Sends, and waits until the answer is whole. */
  async ask(text: string): Promise<void> {
    const before = await this.answers.count()
    await this.send(text)
    await this.ended(before)
  }

  /** Until the answer at this place (the last one, if not given) is over, however it ended. */
  async ended(index = -1): Promise<void> {
    await this.answers.nth(index).getByRole("button", { name: "Answer again" }).waitFor()
  }

  /** Until the last answer says this, in a single paragraph. Words are drawn a moment after they have come. */
  async says(text: string): Promise<void> {
    await eventually(() => this.words.textContent()).toBe(text)
  }

  /** Opens the menu of a chat in the list and chooses from it. */
  async choose(title: string, item: string): Promise<void> {
    const more = this.chats.getByRole("button", { name: `More about ${title}`, exact: true })
    await this.chat(title).hover()
    await more.click()
    await this.page.getByRole("menuitem", { name: item }).click()
  }

  /** What the clipboard holds. */
  async clipboard(): Promise<string> {
    return this.page.evaluate(() => navigator.clipboard.readText())
  }
}

/** Looks again until it is as expected; for what a page gives no event for. */
export function eventually<T>(look: () => T | Promise<T>): ReturnType<typeof expect.poll<T>> {
  return expect.poll(look, { timeout: 20_000, interval: 50 })
}
