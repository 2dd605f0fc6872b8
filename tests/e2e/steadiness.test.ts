import { describe, expect, test } from "vitest"
import { eventually } from "./support/app.ts"
import type { App } from "./support/app.ts"
import { useScenes } from "./support/scene.ts"
import { counting, rich } from "./support/texts.ts"

const scenes = useScenes()

type Shift = { value: number; what: string[] }

/**
 * Notes what jumps from now on (https://web.dev/articles/cls). The line below the words goes down as they grow, and is
 * no jump.
 */
const watchShifts = (app: App): Promise<void> =>
  app.answer.evaluate((answer) => {
    const shifts: Shift[] = []
    Object.assign(window, { shifts })
    const say = (node: Node | null) => `${node?.nodeName ?? ""} ${(node?.textContent ?? "").slice(0, 60)}`
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        const { value, sources } = entry as PerformanceEntry & { value: number; sources: { node: Node | null }[] }
        const below = [...answer.querySelectorAll("p")].at(-1)
        const others = sources.filter(({ node }) => below === undefined || node?.contains(below) !== true)
        if (others.length > 0) shifts.push({ value, what: others.map(({ node }) => say(node)) })
      }
    }).observe({ type: "layout-shift" })
  })

const shiftsOf = (app: App): Promise<Shift[]> =>
  app.page.evaluate(() => (window as unknown as { shifts: Shift[] }).shifts)

describe("nothing jumps", () => {
  test("while an answer with code, a table and formulas comes, and when it is done", async () => {
    const scene = await scenes.open({ models: [{ name: "writer:latest", text: rich, intervalMs: 12 }] })
    const app = await scene.visit()
    await app.modelButton.getByText("writer").waitFor()
    await app.send("One of everything, please.")
    await app.answer.waitFor()
    await watchShifts(app)
    await app.ended()
    await eventually(() => app.answer.locator("math").count()).toBe(2)
    await app.answer.getByText("That is all there is to it.").waitFor()
    const shifts = await shiftsOf(app)
    expect(shifts.filter(({ value }) => value > 0.001)).toEqual([])
    expect(shifts.reduce((sum, { value }) => sum + value, 0)).toBeLessThan(0.005)
  })

  test("under the eyes of somebody who has scrolled up to read while it comes", async () => {
    const text = Array.from({ length: 30 }, (_, index) => `Paragraph ${index + 1}. ${counting(30)}`).join("\n\n")
    const scene = await scenes.open({ models: [{ name: "writer:latest", text, holdAfter: 500 }] })
    const app = await scene.visit()
    await app.send("Write a lot.")
    await scene.ollama.held()
    const line = app.answer.getByText("Paragraph 5.", { exact: false })
    await line.scrollIntoViewIfNeeded()
    await app.page.getByRole("button", { name: "To the latest words" }).waitFor()
    const before = await line.boundingBox()
    scene.ollama.release()
    await app.ended()
    await app.answer.getByText("Paragraph 30.", { exact: false }).waitFor()
    expect(await line.boundingBox()).toEqual(before)

    await app.page.getByRole("button", { name: "To the latest words" }).click()
    await eventually(() =>
      app.conversation.evaluate((box) => Math.round(box.scrollHeight - box.scrollTop - box.clientHeight)),
    ).toBeLessThanOrEqual(1)
  })

  test("when one opens a chat: its end is what one sees", async () => {
    const scene = await scenes.open({ models: [{ name: "writer:latest", text: `${rich}\n\n${counting(400)}` }] })
    const app = await scene.visit()
    await app.ask("One of everything, please.")
    await app.page.reload()
    await app.meta.waitFor()
    await eventually(() => app.answer.locator("math").count()).toBe(2)
    const distance = () =>
      app.conversation.evaluate((box) => Math.round(box.scrollHeight - box.scrollTop - box.clientHeight))
    await eventually(distance).toBeLessThanOrEqual(1)
  })
})
