import { join } from "node:path"
import type { BrowserContextOptions } from "playwright-core"
import { describe, expect, test } from "vitest"
import { workspaceRoot } from "../../scripts/lib/files.mjs"
import type { OllamaModel } from "../support/ollama-stand-in.ts"
import { runtimeKind } from "../support/runtime.ts"
import type { App } from "./support/app.ts"
import { eventually } from "./support/app.ts"
import { flaws } from "./support/axe.ts"
import { phone, useScenes } from "./support/scene.ts"

const scenes = useScenes()
const here = { timeout: 20_000 }

/** What the last answer waits for. */
const waiting = (app: App, name: string | RegExp) => app.answer.getByRole("region", { name })

/** A load that goes on until it is ended. */
function heldLoad(): { run: () => Promise<void>; begun: Promise<void>; end(): void } {
  let begin = () => {}
  let end = () => {}
  const begun = new Promise<void>((resolve) => (begin = resolve))
  const ended = new Promise<void>((resolve) => (end = resolve))
  return {
    run() {
      begin()
      return ended
    },
    begun,
    end: () => end(),
  }
}

/** Kept for people to look at. */
async function picture(app: App, name: string): Promise<void> {
  await app.page.screenshot({ path: join(workspaceRoot, "artifacts/waiting", `${name}.png`) })
}

describe.runIf(runtimeKind === "local")("on one machine", () => {
  test("who finds every place taken sees the place in line, may leave, and is answered when it is free", async () => {
    const models: OllamaModel[] = [{ name: "echo:latest", loaded: true, text: "One word after another.", holdAfter: 1 }]
    const scene = await scenes.open({ models, env: { OLLAMA_NUM_PARALLEL: "1" } })
    const first = await scene.visit()
    await first.send("A long one.")
    await scene.models.held()

    const second = await scene.visit()
    await second.send("May I?")
    await waiting(second, "Next in line").waitFor(here)
    await second.answer.getByText("You can leave; the answer will be here.", { exact: false }).waitFor()
    await eventually(() => second.chats.getByText("Next in line").count()).toBe(1)

    const third = await scene.visit()
    await third.send("And I?")
    await waiting(third, "Second in line").waitFor(here)
    await picture(third, "position")
    expect(await flaws(third.page)).toEqual([])

    await third.page.reload()
    await waiting(third, "Second in line").waitFor(here)
    await third.answer.getByRole("button", { name: "Stop" }).click()
    await third.answer.getByText("Stopped").first().waitFor()

    scene.script({ name: "echo:latest", loaded: true, text: "At last." })
    scene.models.release()
    await second.says("At last.")
    expect(scene.asked).toHaveLength(2)
  })

  test("a model that is being loaded shows how far it is, and another can be picked instead", async () => {
    const load = heldLoad()
    const models: OllamaModel[] = [
      { name: "brisk:1b", loaded: true, text: "Here already." },
      {
        name: "ample:70b",
        sizeBytes: 40e9,
        text: "Big words.",
        load: load.run,
      },
    ]
    const scene = await scenes.open({ models })
    const app = await scene.visit()
    await app.modelButton.click()
    await app.dialog.getByRole("option", { name: "ample:70b" }).click()
    await app.send("Anybody there?")
    await waiting(app, "Loading ample:70b").waitFor(here)
    await app.answer.getByRole("progressbar").waitFor()
    await picture(app, "loading")
    expect(scene.machine.ollama.loads).toEqual(["ample:70b"])

    await app.answer.getByRole("button", { name: "Pick another model" }).click()
    await app.dialog.getByRole("option", { name: "brisk:1b" }).click()
    await app.says("Here already.")
    load.end()
  })
})

describe.runIf(runtimeKind === "aws")("on AWS", () => {
  const gpuModel = (load: () => Promise<void>): OllamaModel => ({
    name: "llama:8b",
    sizeBytes: 5e9,
    text: "Here from a GPU.",
    load,
  })

  async function askGpu(context: BrowserContextOptions | undefined, name: string): Promise<void> {
    const load = heldLoad()
    const models = [gpuModel(load.run)]
    const scene = await scenes.open({ gpu: { models }, ...(context !== undefined && { context }) })
    const app = await scene.visit()
    await app.modelButton.click()
    await app.dialog.getByRole("option", { name: "llama:8b" }).click()
    await app.send("Is a GPU there?")
    await waiting(app, "Starting a GPU").waitFor(here)
    await app.answer.getByRole("progressbar").waitFor()
    await picture(app, `starting-${name}`)
    expect(await flaws(app.page)).toEqual([])
    scene.stage.aws?.bootGpu()
    await app.answer.locator("li.now", { hasText: "Loading into memory" }).waitFor(here)
    await picture(app, `gpu-loading-${name}`)
    await load.begun
    load.end()
    await app.says("Here from a GPU.")
    await picture(app, `answered-${name}`)
  }

  test("a GPU that starts from nothing is shown step by step until it answers", () => askGpu(undefined, "wide"))
  test("also on a phone", () => askGpu(phone, "phone"))

  test("a GPU that cannot be had is said, and another model answers in the same chat", async () => {
    const scene = await scenes.open({
      models: [{ name: "echo:latest", text: "From elsewhere." }],
      gpu: { models: [gpuModel(() => Promise.resolve())] },
    })
    scene.expectLog()
    const app = await scene.visit()
    await app.modelButton.click()
    await app.dialog.getByRole("option", { name: "llama:8b" }).click()
    await app.send("Is a GPU there?")
    await waiting(app, "Starting a GPU").waitFor(here)
    await scene.stage.aws?.gpu?.wanted(1)
    scene.stage.aws?.gpu?.refuse("We currently do not have sufficient g6.xlarge capacity.")
    await app.answer.getByText("No GPU server could be started", { exact: false }).waitFor(here)
    await picture(app, "no-capacity")
    await app.answer.getByRole("button", { name: "Pick another model" }).click()
    await app.dialog.getByRole("option", { name: "echo" }).click()
    await app.says("From elsewhere.")
  })
})
