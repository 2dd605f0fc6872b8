import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, describe, expect, test } from "vitest"
import type { App } from "./support/app.ts"
import { useScenes } from "./support/scene.ts"
import type { Scene } from "./support/scene.ts"

const scenes = useScenes()

/** A picture of one pixel. */
const png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
const folder = mkdtempSync(join(tmpdir(), "omnichat-e2e-files-"))
const path = join(folder, "pixel.png")
writeFileSync(path, Buffer.from(png, "base64"))
afterAll(() => rmSync(folder, { recursive: true }))

const seeing = [{ name: "seer:4b", capabilities: ["completion", "vision"] }]

/** Sends what has been attached, and looks at what the model was given. */
async function sendsTheImage(scene: Scene, app: App): Promise<void> {
  await app.composer.getByText("pixel.png").or(app.composer.getByText("image.png")).waitFor()
  await app.ask("What is this?")
  await app.says("You said: What is this? (messages: 1, images: 1)")
  const [image] = scene.asked[0]?.messages.at(-1)?.images ?? []
  expect(image?.subarray(1, 4).toString()).toBe("PNG")
  await shown(app)
  await app.page.reload()
  await shown(app)
}

/** The picture stands above the question, and it has been loaded. */
async function shown(app: App): Promise<void> {
  const image = app.conversation.getByRole("img", { name: /\.png$/ })
  await image.waitFor()
  await image.evaluate((element) => (element as HTMLImageElement).decode())
  expect(await image.evaluate((element) => (element as HTMLImageElement).naturalWidth)).toBe(1)
}

describe("an image", () => {
  test("is pasted, uploaded and seen by the model", async () => {
    const scene = await scenes.open({ models: seeing })
    const app = await scene.visit()
    await app.page.evaluate(async (base64) => {
      const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
      await navigator.clipboard.write([new ClipboardItem({ "image/png": new Blob([bytes], { type: "image/png" }) })])
    }, png)
    await app.message.focus()
    await app.page.keyboard.press("Control+V")
    await sendsTheImage(scene, app)
  })

  test("is dropped, uploaded and seen by the model", async () => {
    const scene = await scenes.open({ models: seeing })
    const app = await scene.visit()
    const box = await app.composer.boundingBox()
    if (box === null) throw new Error("the composer is not drawn")
    const pointer = await scene.context.newCDPSession(app.page)
    const at = { x: box.x + box.width / 2, y: box.y + box.height / 2 }
    const data = { items: [], files: [path], dragOperationsMask: 1 }
    for (const type of ["dragEnter", "dragOver", "drop"] as const) {
      await pointer.send("Input.dispatchDragEvent", { type, ...at, data })
    }
    await sendsTheImage(scene, app)
  })

  test("is chosen, can be taken away again, and is kept with the draft", async () => {
    const scene = await scenes.open({ models: seeing })
    const app = await scene.visit()
    const choose = async () => {
      const chooser = app.page.waitForEvent("filechooser")
      await app.composer.getByRole("button", { name: "Attach a file" }).click()
      await (await chooser).setFiles(path)
    }
    await choose()
    await app.composer.getByRole("button", { name: "Remove pixel.png" }).click()
    await app.composer.getByText("pixel.png").waitFor({ state: "detached" })
    await choose()
    await app.composer.getByText("70 bytes").waitFor()
    await app.page.reload()
    await app.composer.getByText("70 bytes").waitFor()
    await sendsTheImage(scene, app)
  })

  test("is not for every model, and that is said before it is sent", async () => {
    const scene = await scenes.open({ models: [{ name: "blind:1b" }] })
    const app = await scene.visit()
    await app.composer.getByLabel("Files").setInputFiles(path)
    await app.composer.getByText("blind:1b does not see images").waitFor()
  })

  test("that is none is refused where it stands", async () => {
    const scene = await scenes.open({ models: seeing })
    const app = await scene.visit()
    const file = { name: "program.bin", mimeType: "application/octet-stream", buffer: Buffer.from([0, 1, 2, 3, 255]) }
    await app.composer.getByLabel("Files").setInputFiles(file)
    await app.composer.getByRole("button", { name: "Remove program.bin" }).waitFor()
    await app.message.fill("Look at this.")
    expect(await app.composer.getByRole("button", { name: "Send" }).isDisabled()).toBe(true)
    await app.composer.getByRole("button", { name: "Remove program.bin" }).click()
    await app.ask("Never mind.")
  })
})
