import { once } from "node:events"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import type { Locator } from "playwright-core"
import { describe, expect, onTestFinished, test } from "vitest"
import { closedAddress } from "../support/model-server.ts"
import { startOpenaiStandIn } from "../support/openai-stand-in.ts"
import { eventually } from "./support/app.ts"
import type { App } from "./support/app.ts"
import { useScenes } from "./support/scene.ts"

const scenes = useScenes()

const card = (app: App, name: string): Locator => app.page.getByRole("region", { name })
const ollamaCard = (app: App) => card(app, "Ollama on this computer")

/** The colour of the dot that stands before the words of a live check. */
const dotOf = (check: Locator): Promise<string> =>
  check.evaluate((element) => getComputedStyle(element.firstElementChild ?? element).backgroundColor)

describe("the first start with nothing to talk to", () => {
  test("shows three ways, and the check turns green as soon as Ollama is there, and leads into the chat", async () => {
    const scene = await scenes.open({ models: "nobody" })
    const app = await scene.visit()
    await app.page.getByRole("heading", { name: "Connect a first model" }).waitFor()
    const { host } = new URL(scene.machine.ollamaUrl)
    await app.page.getByText(`Nothing answered at ${host}.`, { exact: false }).waitFor()
    const cards = ["Ollama on this computer", "An OpenAI-compatible server", "Look around first"]
    for (const name of cards) await card(app, name).waitFor()

    const check = ollamaCard(app).getByRole("status").first()
    await check.getByText(`Looking at ${host}`).waitFor()
    const looking = await dotOf(check)
    await scene.machine.ollamaAppears()
    await check.getByText("Ollama, 3 models").waitFor()
    const green = await dotOf(check)
    expect(green).not.toBe(looking)
    expect(green).toBe(await dotOf(card(app, "Look around first").getByText("Ready").locator("..")))

    await eventually(() => new URL(app.page.url()).pathname).toBe("/")
    await app.page.getByText(`Ollama at ${host}, 3 models`).waitFor()
    await app.ask("Hello.")
    await app.says("You said: Hello. (messages: 1)")
  })

  test("says what it is when something else answers at the address", async () => {
    const stranger = createServer((_request, response) => void response.end("<h1>It works!</h1>"))
    stranger.listen(0, "127.0.0.1")
    onTestFinished(() => void stranger.close())
    await once(stranger, "listening")
    const host = `127.0.0.1:${(stranger.address() as AddressInfo).port}`
    const scene = await scenes.open({ ollamaUrl: `http://${host}` })
    const app = await scene.visit()
    await ollamaCard(app).getByText(`Something else answers at ${host}`).waitFor()
  })

  test("takes another address, unless the environment has fixed it", async () => {
    const fixed = await scenes.open({ models: "nobody" })
    const page = await fixed.visit()
    await ollamaCard(page)
      .getByText(/^Looking at/)
      .waitFor()
    expect(await ollamaCard(page).getByRole("button", { name: "Other address" }).count()).toBe(0)
    await ollamaCard(page).getByText("Set by OLLAMA_URLS").waitFor()

    const scene = await scenes.open({ env: { OLLAMA_URLS: "" } })
    await scene.api("/api/settings", { method: "PATCH", body: { ollamaUrls: [await closedAddress()] } })
    const app = await scene.visit()
    await ollamaCard(app).getByRole("button", { name: "Other address" }).click()
    const field = ollamaCard(app).getByRole("textbox", { name: "Address" })
    expect(await field.evaluate((element) => element === document.activeElement)).toBe(true)
    await field.fill(new URL(scene.machine.ollamaUrl).host)
    await field.press("Enter")
    await ollamaCard(app).getByText("Ollama, 3 models").waitFor()
    await ollamaCard(app).getByRole("button", { name: "Start chatting" }).click()
    await app.ask("Hello.")
  })

  test("takes a server that speaks OpenAI's language", async () => {
    const server = await startOpenaiStandIn()
    onTestFinished(() => server.close())
    const scene = await scenes.open({ models: "nobody" })
    const app = await scene.visit()
    const place = card(app, "An OpenAI-compatible server")
    await place.getByText("None set").waitFor()
    await place.getByRole("button", { name: "Add a server" }).click()
    await place.getByRole("textbox", { name: "Address" }).fill(`${server.url}/v1`)
    await place.getByRole("button", { name: "Connect" }).click()
    await place.getByText(/^\d+ models?$/).waitFor()
    await place.getByRole("button", { name: "Start chatting" }).click()
    await app.modelButton.getByText("OpenAI-compatible").waitFor()
    await app.ask("Hello.")
    await app.answer.getByText("You said: Hello.", { exact: false }).waitFor()
  })

  test("opens the demo, which shows thought, table, code and formula as they stream in", async () => {
    const scene = await scenes.open({ models: "nobody" })
    const app = await scene.visit()
    await card(app, "Look around first").getByRole("button", { name: "Open the demo" }).click()
    await app.modelButton.getByText("Demo tour").waitFor()
    await app.send("Show me around.")
    await app.answer.getByText(/^Thinking/).waitFor()
    await app.answer.getByRole("heading", { name: "A short tour" }).waitFor()
    await app.stopButton.waitFor()
    await app.answer.getByRole("table").waitFor()
    await app.answer.getByRole("group", { name: "Code, ts" }).waitFor()
    await app.answer.locator("math").first().waitFor()
    await app.ended()
    await app.answer.getByText(/^Thought for/).waitFor()
    expect(await app.meta.textContent()).toMatch(/^Demo tour/)
  }, 90_000)
})
