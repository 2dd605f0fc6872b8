import { describe, expect, test } from "vitest"
import { eventually } from "./support/app.ts"
import { useSignInScenes } from "./support/sign-in-scene.ts"
import { counting } from "./support/texts.ts"

const scenes = useSignInScenes()
const text = counting(300)
const writer = { name: "writer:latest", text }

describe("a visitor without a session", () => {
  test("signs in, asks, reloads and is still there; nothing of the sign-in stays in the address", async () => {
    const scene = await scenes.open({ models: [writer] })
    const app = await scene.visit()
    await app.page.getByRole("heading", { name: "Sign in to OmniChat" }).waitFor()
    await app.signIn()
    await app.modelButton.waitFor()
    expect(app.path).toBe("/")
    await app.chats.getByText("ada@example.org").waitFor()
    await app.ask("Count.")
    await app.says(text)

    const asked = (what: string) => scene.provider.requests.filter((request) => request === what).length
    const before = asked("GET /auth")
    await app.page.reload()
    await app.says(text)
    expect(asked("GET /auth")).toBe(before)
    // What went to the service carries no token in its address, and the code is in no request of ours.
    const addresses = scene.watch.requests.filter((request) => request.includes(` ${scene.url}/api`))
    expect(addresses.filter((address) => /[?&](token|code|access_token)=|eyJ/.test(address))).toEqual([])
    await app.page.goBack()
    expect(app.page.url()).not.toContain("code=")
  })

  test("comes back to the chat of the address, and signs out of everything", async () => {
    const scene = await scenes.open({ models: [writer] })
    const app = await scene.visit()
    await app.signIn()
    await app.ask("Count.")
    const { chatId } = app
    await app.message.fill("Not sent yet")
    const other = await scene.visit(`/chat/${chatId}`)
    await other.says(text)
    await other.message.fill("Nor this")

    await app.signOutButton.click()
    await app.signInButton().waitFor()
    await other.signInButton().waitFor()
    const kept = await app.page.evaluate(() =>
      Object.keys(localStorage)
        .map((key) => key + localStorage.getItem(key))
        .join(),
    )
    expect(kept).not.toMatch(/ada|sign-in|Not sent|Nor this|Count/)

    const deep = await scene.visit(`/chat/${chatId}`)
    await deep.signInButton().waitFor()
    expect(await deep.page.getByText("Count.").count()).toBe(0)
    await deep.signIn()
    await deep.says(text)
    expect(deep.path).toBe(`/chat/${chatId}`)
    expect(await deep.message.inputValue()).toBe("")
  })

  test("sees nothing of somebody else's, at the same browser", async () => {
    const scene = await scenes.open({ models: [writer] })
    const app = await scene.visit()
    await app.signIn()
    await app.ask("Count.")
    const { chatId } = app
    await app.signOutButton.click()
    await app.signInButton().waitFor()
    await app.signIn("bob@example.org")
    await app.chats.getByText("bob@example.org").waitFor()
    expect(await app.chat("Count.").count()).toBe(0)
    scene.expectProblems(/status of 404/)
    await app.page.goto(`${scene.url}/chat/${chatId}`)
    await app.page.getByRole("heading", { name: "This chat is not here" }).waitFor()
  })
})

describe("an access token that ends", () => {
  test("in the middle of an answer is followed by another one, and no word is lost", async () => {
    const scene = await scenes.open({ models: [{ ...writer, holdAfter: 100 }] })
    scene.provider.accessTokenSeconds = 6
    const app = await scene.visit()
    await app.signIn()
    await app.send("Count.")
    await scene.models.held()
    await app.words.waitFor()
    let opened = 0
    app.page.on("websocket", () => (opened += 1))
    await eventually(() => opened).toBeGreaterThan(1)
    scene.models.release()
    await app.ended()
    await app.says(text)
    expect(await app.page.getByText("reconnecting").count()).toBe(0)
    expect(await app.page.getByRole("alert").getByRole("heading").count()).toBe(0)
  })

  test("and cannot be renewed asks to sign in again over what is there, and nothing written is lost", async () => {
    const scene = await scenes.open({ models: [writer] })
    scene.expectProblems(/status of 40[01]/, /WebSocket connection/)
    scene.provider.accessTokenSeconds = 3
    const app = await scene.visit()
    await app.signIn()
    await app.ask("Count.")
    await app.message.fill("And what I was about to say")
    scene.provider.forget()
    await app.page.getByRole("alert").getByText("Your session has ended").waitFor()
    await app.says(text)
    expect(await app.message.inputValue()).toBe("And what I was about to say")
    const path = app.path
    scene.provider.accessTokenSeconds = 3600
    // The provider's own session is still there, so it asks nothing.
    await app.signInButton("Sign in again").click()
    await app.says(text)
    expect(app.path).toBe(path)
    await eventually(() => app.message.inputValue()).toBe("And what I was about to say")
    expect(await app.page.getByText("Your session has ended").count()).toBe(0)
  })

  test("is asked for in one tab, and all the others go on", async () => {
    const scene = await scenes.open({ models: [writer] })
    scene.expectProblems(/status of 40[01]/, /WebSocket connection/)
    scene.provider.accessTokenSeconds = 3
    const app = await scene.visit()
    await app.signIn()
    await app.modelButton.waitFor()
    scene.provider.forget()
    await app.page.getByText("Your session has ended").waitFor()
    scene.provider.accessTokenSeconds = 3600
    const other = await scene.visit()
    await other.signInButton("Sign in again").click()
    await other.modelButton.waitFor()
    await app.show()
    await app.page.getByText("Your session has ended").waitFor({ state: "detached" })
    await app.ask("Count.")
    await app.says(text)
  })
})

describe("what goes wrong", () => {
  test("is told when the person says no, and the way on is there", async () => {
    const scene = await scenes.open({ models: [writer] })
    const app = await scene.visit("/settings")
    await app.signInButton().click()
    await app.atProvider("Cancel")
    await app.page.getByRole("alert").getByText("You were not signed in").waitFor()
    expect(app.path).toBe("/settings")
    await app.signIn()
    await app.page.getByRole("heading", { name: "Appearance" }).waitFor()
    expect(app.path).toBe("/settings")
  })

  test("is told when the provider is down at the start, and it goes on when it is back", async () => {
    const scene = await scenes.open({ models: [writer] })
    scene.expectProblems(/ERR_CONNECTION_REFUSED/, /status of 500/)
    // A function that has not seen the provider's keys yet cannot have them.
    scene.expectLog()
    await scene.provider.down()
    const app = await scene.visit()
    await app.signInButton().click()
    await app.page.getByRole("alert").getByText("The sign-in service does not answer").waitFor()
    await scene.provider.up()
    await app.signIn("ada@example.org", "Try again")
    await app.modelButton.waitFor()
    await scene.provider.down()
    await app.page.reload()
    const trouble = app.page.getByRole("alert").getByText("The sign-in service does not answer")
    await trouble.waitFor()
    await app.signInButton("Try again").click()
    await trouble.waitFor()
    // Whether one clicks or not, it is tried again.
    await scene.provider.up()
    await trouble.waitFor({ state: "detached" })
    await app.ask("Count.")
  })

  test("is told for a sign-in that was not begun here, whose code is not used", async () => {
    const scene = await scenes.open()
    const app = await scene.visit("/signed-in?code=stolen&state=somebody-elses")
    await app.page.getByRole("alert").getByText("That sign-in has lapsed").waitFor()
    expect(app.path).toBe("/")
    expect(scene.provider.requests.filter((request) => request.endsWith("/token"))).toEqual([])
  })

  test("is told when the clock of the device is wrong", async () => {
    const scene = await scenes.open()
    await scene.context.addInitScript(() => {
      const { now } = Date
      Date.now = () => now() + 3 * 60 * 60_000
    })
    const app = await scene.visit()
    await app.signIn()
    await app.page.getByRole("alert").getByText("The clock of this device is wrong").waitFor()
  })

  test("an account that was not let in yet waits, and is let in", async () => {
    const scene = await scenes.open({ models: [writer] })
    scene.expectProblems(/status of 403/)
    scene.provider.groups.set("carol@example.org", ["pending"])
    const app = await scene.visit()
    await app.signIn("carol@example.org")
    await app.page.getByRole("heading", { name: "Waiting to be let in" }).waitFor()
    await app.page.getByText("Signed in as carol@example.org").waitFor()
    await app.signInButton("Look again").click()
    await app.page.getByText("Not yet.").waitFor()
    scene.provider.groups.set("carol@example.org", ["user"])
    await app.signInButton("Look again").click()
    await app.ask("Count.")
    await app.says(text)
  })
})

describe("a picture", () => {
  test("is shown and saved with the token, and never opened as a page of ours", async () => {
    const scene = await scenes.open({ models: [{ name: "seer:4b", capabilities: ["completion", "vision"] }] })
    const app = await scene.visit()
    await app.signIn()
    const pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    const picture = { name: "dot.png", mimeType: "image/png", buffer: Buffer.from(pixel, "base64") }
    await app.composer.getByLabel("Files").setInputFiles(picture)
    const chip = app.composer.locator("img")
    await eventually(() => chip.getAttribute("src")).toMatch(/^blob:/)
    await app.ask("What is this?")
    const image = app.conversation.getByRole("img", { name: "dot.png" })
    await eventually(() => image.evaluate((element) => (element as HTMLImageElement).naturalWidth)).toBe(1)
    expect(await image.getAttribute("src")).toMatch(/^blob:/)
    await app.page.reload()
    await eventually(() => image.evaluate((element) => (element as HTMLImageElement).naturalWidth)).toBe(1)
    const download = app.page.waitForEvent("download")
    await image.click()
    expect((await download).suggestedFilename()).toBe("dot.png")
  })
})
