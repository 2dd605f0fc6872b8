import { describe, expect, test } from "vitest"
import { eventually } from "./support/app.ts"
import type { App } from "./support/app.ts"
import { useScenes } from "./support/scene.ts"
import { counting, rich } from "./support/texts.ts"

const scenes = useScenes()

/** What was moved although one may have been reading it, and by how many pixels. */
type Shift = { what: string; by: number }

/**
 * Notes what jumps from now on (https://web.dev/articles/cls). What is below the words goes down as they grow, the caret
 * goes with them, and the names of columns go to their side when the line below them says which: those are no jumps.
 */
const watchShifts = (app: App): Promise<void> =>
  app.answer.evaluate((answer) => {
    type Source = { node: Node | null; previousRect: DOMRectReadOnly; currentRect: DOMRectReadOnly }
    const shifts: Shift[] = []
    Object.assign(window, { shifts })
    const expected = (node: Node) => {
      const below = [...answer.querySelectorAll("p")].at(-1)
      const element = node instanceof Element ? node : node.parentElement
      return node.contains(below ?? null) || element?.closest("thead, [aria-hidden=true]") !== null
    }
    new PerformanceObserver((list) => {
      for (const { node, previousRect, currentRect } of list
        .getEntries()
        .flatMap((entry) => (entry as PerformanceEntry & { sources: Source[] }).sources)) {
        if (node === null || expected(node)) continue
        const by = Math.max(Math.abs(currentRect.x - previousRect.x), Math.abs(currentRect.y - previousRect.y))
        shifts.push({ what: `${node.nodeName} ${(node.textContent ?? "").slice(0, 60)}`, by })
      }
    }).observe({ type: "layout-shift" })
  })

const shiftsOf = (app: App): Promise<Shift[]> =>
  app.page.evaluate(() => (window as unknown as { shifts: Shift[] }).shifts)

/** How many pixels the end of the chat is below what one sees. */
const distance = (app: App): Promise<number> =>
  app.conversation.evaluate((box) => Math.round(box.scrollHeight - box.scrollTop - box.clientHeight))

describe("nothing jumps", () => {
  test("while an answer with code, a table and formulas comes, and when it is done", async () => {
    const scene = await scenes.open({ models: [{ name: "writer:latest", text: "$x$" }] })
    const app = await scene.visit()
    await app.ask("What draws formulas is loaded with the first one.")
    await app.answer.locator("math").waitFor()

    scene.script({ name: "writer:latest", text: rich, intervalMs: 12, holdAfter: 4 })
    await app.send("One of everything, please.")
    await scene.models.held()
    await app.answer.getByRole("heading", { name: "A journal in two lines" }).waitFor()
    await watchShifts(app)
    scene.models.release()
    await app.ended(1)
    await eventually(() => app.answer.locator("math").count()).toBe(2)
    await app.answer.getByText("That is all there is to it.").waitFor()
    expect((await shiftsOf(app)).filter(({ by }) => by > 2)).toEqual([])
    await eventually(() => distance(app)).toBeLessThanOrEqual(1)
  })

  test("to the side in a table, however wide the cells that come", async () => {
    const row = (name: string) => `| ${name} | ${counting(name.length)} | ${name.length} |`
    const rows = ["a", "somewhat longer", "the longest name of them all", "b"].map(row)
    const text = ["| Name | Words | Count |", "| --- | --- | ---: |", ...rows].join("\n")
    const scene = await scenes.open({ models: [{ name: "writer:latest", text, intervalMs: 5, holdAfter: 10 }] })
    const app = await scene.visit()
    await app.send("A table, please.")
    await scene.models.held()
    const lefts = () =>
      app.answer
        .getByRole("columnheader")
        .evaluateAll((cells) => cells.map((cell) => cell.getBoundingClientRect().left))
    await eventually(async () => (await lefts()).length).toBe(3)
    const before = await lefts()
    await watchShifts(app)
    scene.models.release()
    await app.ended()
    await app.answer.getByRole("row").nth(4).waitFor()
    expect(await lefts()).toEqual(before)
    expect((await shiftsOf(app)).filter(({ by }) => by > 2)).toEqual([])
  })

  test("when the first formula comes: what draws it is fetched as soon as one begins", async () => {
    const text = "The wait is $\\bar{w} = \\frac{\\lambda}{\\mu}$, which is short."
    const scene = await scenes.open({ models: [{ name: "writer:latest", text, holdAfter: 3 }] })
    const app = await scene.visit()
    await app.page.waitForLoadState("networkidle")
    const scripts = () => scene.watch.requests.filter((request) => request.endsWith(".js")).length
    const before = scripts()
    await app.send("How long is the wait?")
    await scene.models.held()
    await eventually(scripts).toBe(before + 1)
    scene.models.release()
    await app.ended()
    await app.answer.locator("math").waitFor()
  })

  test("under the eyes of somebody who has scrolled up to read while it comes", async () => {
    const text = Array.from({ length: 30 }, (_, index) => `Paragraph ${index + 1}. ${counting(30)}`).join("\n\n")
    const scene = await scenes.open({ models: [{ name: "writer:latest", text, holdAfter: 500 }] })
    const app = await scene.visit()
    await app.send("Write a lot.")
    await scene.models.held()
    await app.answer.getByText("Paragraph 17.", { exact: false }).waitFor()
    const line = app.answer.getByText("Paragraph 5.", { exact: false })
    await line.scrollIntoViewIfNeeded()
    await app.page.getByRole("button", { name: "To the latest words" }).waitFor()
    const before = await line.boundingBox()
    scene.models.release()
    await app.ended()
    await app.answer.getByText("Paragraph 30.", { exact: false }).waitFor()
    expect(await line.boundingBox()).toEqual(before)

    await app.page.getByRole("button", { name: "To the latest words" }).click()
    await eventually(() => distance(app)).toBeLessThanOrEqual(1)
  })

  test("when one opens a chat: its end is what one sees", async () => {
    const scene = await scenes.open({ models: [{ name: "writer:latest", text: `${rich}\n\n${counting(400)}` }] })
    const app = await scene.visit()
    await app.ask("One of everything, please.")
    await app.page.reload()
    await app.meta.waitFor()
    await eventually(() => app.answer.locator("math").count()).toBe(2)
    await eventually(() => distance(app)).toBeLessThanOrEqual(1)
  })
})
