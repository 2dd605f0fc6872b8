import { describe, expect, test } from "vitest"
import { closedAddress } from "../support/model-server.ts"
import { eventually } from "./support/app.ts"
import type { App } from "./support/app.ts"
import { useScenes } from "./support/scene.ts"

const scenes = useScenes()

const server = (app: App, address: string) => app.page.getByRole("listitem").filter({ hasText: address })

describe("the settings", () => {
  test("take another Ollama, and let go of one", async () => {
    const scene = await scenes.open({ env: { OLLAMA_URLS: "" } })
    const dead = await closedAddress()
    await scene.api("/api/settings", { method: "PATCH", body: { ollamaUrls: [dead], demo: true } })
    const app = await scene.visit("/settings")
    await server(app, dead).getByText("Does not answer").waitFor()

    const field = app.page.getByRole("textbox", { name: "Address of another Ollama" })
    await field.fill(scene.machine.ollamaUrl.replace("http://", ""))
    await field.press("Enter")
    await server(app, scene.machine.ollamaUrl).getByText("3 models").waitFor()
    await expect.poll(() => field.inputValue()).toBe("")
    await app.page.getByRole("button", { name: `Remove ${dead}` }).click()
    await server(app, dead).waitFor({ state: "detached" })
    await app.page.reload()
    await server(app, scene.machine.ollamaUrl).getByText("3 models").waitFor()
    expect(await server(app, dead).count()).toBe(0)

    await app.chats.getByRole("link", { name: /^New chat/ }).click()
    await app.modelButton.getByText("echo").waitFor()
    await app.ask("Hello.")
  })

  test("show as fixed what the environment fixes", async () => {
    const scene = await scenes.open({ env: { OPENAI_BASE_URL: "http://127.0.0.1:1/v1", OMNICHAT_DEMO: "1" } })
    const app = await scene.visit("/settings")
    await server(app, scene.machine.ollamaUrl).getByText("3 models").waitFor()
    for (const name of ["OLLAMA_URLS", "OPENAI_BASE_URL", "OMNICHAT_DEMO"]) {
      await app.page.getByRole("code").getByText(name, { exact: true }).waitFor()
    }
    expect(await app.page.getByRole("textbox", { name: "Address of another Ollama" }).count()).toBe(0)
    expect(await app.page.getByRole("button", { name: /^Remove/ }).count()).toBe(0)
    expect(await app.page.getByRole("textbox", { name: "Address", exact: true }).isEditable()).toBe(false)
    expect(await app.page.getByRole("switch", { name: "Demo model" }).isDisabled()).toBe(true)
    await app.page.getByText(scene.machine.service.dataFolder).waitFor()
  })

  test("keep the key of a server to themselves, and offer to save only what has changed", async () => {
    const scene = await scenes.open()
    const app = await scene.visit("/settings")
    const address = app.page.getByRole("textbox", { name: "Address", exact: true })
    const save = app.page.getByRole("button", { name: "Save" })
    await address.waitFor()
    expect(await save.count()).toBe(0)
    await address.fill("ftp://nowhere")
    await app.page.getByText("This is no address").waitFor()
    expect(await save.isDisabled()).toBe(true)
    await address.fill("http://127.0.0.1:1/v1")
    await app.page.getByLabel("Key, if it asks for one").fill("a-secret")
    await save.click()
    await app.page.getByText("Saved", { exact: true }).waitFor()
    await app.page.getByRole("button", { name: "Forget the key" }).waitFor()
    expect(await save.count()).toBe(0)
    await app.page.reload()
    await app.page.getByRole("button", { name: "Forget the key" }).waitFor()
    expect(await app.page.getByLabel("Key, if it asks for one").inputValue()).toBe("")
    expect(JSON.stringify(await scene.api("/api/settings"))).not.toContain("a-secret")
  })

  test("choose who answers in a new chat", async () => {
    const scene = await scenes.open()
    const app = await scene.visit("/settings")
    await app.page.getByRole("combobox", { name: "Default model" }).selectOption({ label: "seer:4b" })
    const settings = () => scene.api<{ defaultModel: { value: string } }>("/api/settings")
    await eventually(async () => (await settings()).defaultModel.value).toBe("ollama/seer:4b")
    const other = await scene.visit()
    await other.modelButton.getByText("seer:4b").waitFor()
  })
})

describe("the theme", () => {
  const paper = (app: App) => app.page.evaluate(() => getComputedStyle(document.body).backgroundColor)

  test("is chosen for this browser, in all its tabs, and is there before the app itself", async () => {
    const scene = await scenes.open({ context: { colorScheme: "light" } })
    const app = await scene.visit("/settings")
    const other = await scene.visit()
    const light = await paper(app)
    await app.show()
    await app.page.getByRole("radio", { name: "Dark" }).check()
    const dark = await paper(app)
    expect(dark).not.toBe(light)
    await eventually(() => paper(other)).toBe(dark)

    let start = () => {}
    const started = new Promise<void>((resolve) => (start = resolve))
    await app.page.route("**/assets/*.js", async (route) => {
      await started
      await route.continue()
    })
    await app.page.reload({ waitUntil: "commit" })
    await eventually(() => app.page.evaluate(() => document.body?.childElementCount > 0)).toBe(true)
    await eventually(() => paper(app)).toBe(dark)
    start()
    await app.page.getByRole("radio", { name: "Dark" }).waitFor()
    expect(await app.page.getByRole("radio", { name: "Dark" }).isChecked()).toBe(true)

    await app.page.getByRole("radio", { name: "System" }).check()
    await eventually(() => paper(app)).toBe(light)
    await app.page.emulateMedia({ colorScheme: "dark" })
    await eventually(() => paper(app)).toBe(dark)
  })
})
