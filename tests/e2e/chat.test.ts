import { describe, expect, test } from "vitest"
import { eventually } from "./support/app.ts"
import { phone, useScenes } from "./support/scene.ts"
import { code, counting, rich } from "./support/texts.ts"

const scenes = useScenes()

/** How many colours the words below an element have. */
const coloursIn = (element: Element): number =>
  new Set([...element.querySelectorAll("*")].map((part) => getComputedStyle(part).color)).size

describe("an answer", () => {
  test("comes word by word and ends with code, table and formula as they should be", async () => {
    const scene = await scenes.open({ models: [{ name: "writer:latest", text: rich, holdAfter: 24 }] })
    const app = await scene.visit()
    await app.send("How does a journal work?")

    await app.question("How does a journal work?").waitFor()
    await scene.models.held()
    await app.answer.getByRole("heading", { name: "A journal in two lines" }).waitFor()
    await app.answer.getByText("so that nobody gets it").waitFor()
    await app.stopButton.waitFor()
    expect(await app.answer.getAttribute("aria-busy")).toBe("true")
    expect(await app.answer.getByRole("table").count()).toBe(0)

    scene.models.release()
    await app.ended()
    expect(await app.answer.getAttribute("aria-busy")).toBe("false")
    await app.answer.getByText("That is all there is to it.").waitFor()

    const block = app.answer.getByRole("group", { name: "Code, ts" })
    expect(await block.textContent()).toBe(`${code}\n`)
    await eventually(() => block.evaluate(coloursIn)).toBeGreaterThan(3)

    const table = app.answer.getByRole("table")
    expect(await table.getByRole("columnheader").allTextContents()).toEqual(["When", "What one sees"])
    expect(await table.getByRole("row").nth(2).getByRole("cell").allTextContents()).toEqual(["a second tab", "2"])

    await eventually(() => app.answer.locator("math").count()).toBe(2)
    expect(await app.answer.locator("math msubsup, math munderover").count()).toBeGreaterThan(1)
    expect(await app.answer.getByText("\\frac").filter({ visible: true }).count()).toBe(0)

    expect(await app.answer.getByRole("img", { name: "Done" }).count()).toBe(1)
    expect(await app.answer.getByRole("img", { name: "To do" }).count()).toBe(1)
    expect(await app.meta.textContent()).toMatch(/^writer·\d+ tokens(·\d+(\.\d)? tokens\/s)?$/)
  })

  test("shows on a phone that its code goes on beyond the edge, until one has come to its end", async () => {
    const scene = await scenes.open({ models: [{ name: "writer:latest", text: rich }], context: phone })
    const app = await scene.visit()
    await app.ask("How does a journal work?")
    const block = app.answer.getByRole("group", { name: "Code, ts" })
    await block.waitFor()
    const shade = () =>
      block.evaluate((box) => getComputedStyle(box.closest("figure") as Element, "::after").getPropertyValue("opacity"))
    await eventually(shade).toBe("1")
    await block.evaluate((box) => box.scrollTo({ left: box.scrollWidth }))
    await eventually(shade).toBe("0")
  })

  test("is copied as it was written, and so are its code and the question", async () => {
    const scene = await scenes.open({ models: [{ name: "writer:latest", text: rich }] })
    const app = await scene.visit()
    await app.ask("How does\na journal work?")

    await app.answer.getByRole("button", { name: "Copy the answer" }).click()
    await app.answer.getByRole("button", { name: "Copied" }).waitFor()
    expect(await app.clipboard()).toBe(rich)
    expect(await scene.storedAnswer(app.chatId)).toBe(rich)

    await app.answer.getByRole("figure").getByRole("button", { name: "Copy" }).click()
    await app.answer.getByRole("figure").getByRole("button", { name: "Copied" }).waitFor()
    expect(await app.clipboard()).toBe(code)

    await app.question("How does a journal work?").hover()
    await app.conversation.getByRole("button", { name: "Copy your message" }).click()
    await eventually(() => app.clipboard()).toBe("How does\na journal work?")
  })

  test("shows what a model thought, folded, with its time", async () => {
    const thinking = "The question is short. So the answer may be short as well."
    const model = { name: "thinker:8b", capabilities: ["completion", "thinking"], thinking, text: "Forty-two." }
    const scene = await scenes.open({ models: [{ ...model, holdAfter: 4 }] })
    const app = await scene.visit()
    await app.send("What is the answer?")
    await scene.models.held()
    await app.answer.getByText("Thinking", { exact: false }).waitFor()
    scene.models.release()
    await app.ended()

    await app.says("Forty-two.")
    expect(await app.answer.getByText(thinking).count()).toBe(0)
    await app.answer.getByText(/^Thought for/).click()
    await app.answer.getByText(thinking).waitFor()
  })

  test.each([
    ["the stop button", false],
    ["Escape", true],
  ])("keeps its words when it is stopped by %s", async (_name, byKey) => {
    const text = counting(200)
    const scene = await scenes.open({ models: [{ name: "writer:latest", text, holdAfter: 40 }] })
    const app = await scene.visit()
    await app.send("Count.")
    await scene.models.held()
    await app.answer.getByText("word30", { exact: false }).waitFor()
    if (byKey) await app.message.press("Escape")
    else await app.stopButton.click()
    await app.ended()

    expect(await scene.asked[0]?.ended).toBe("left")
    expect(await app.meta.textContent()).toMatch(/^Stopped·writer·about \d+ tokens/)
    const kept = await scene.storedAnswer(app.chatId)
    expect(kept).toBe(text.slice(0, 40 * 7))
    await app.says(kept)
    expect((await scene.messages(app.chatId)).at(-1)?.status).toBe("stopped")
    await app.answer.getByRole("button", { name: "Continue" }).waitFor()
  })

  test("stands in the chat at once, and so does the question, before the server knows of them", async () => {
    const scene = await scenes.open({ models: [{ name: "writer:latest", text: "Yes.", holdAfter: 0 }] })
    const app = await scene.visit()
    await app.modelButton.getByText("writer").waitFor()
    await app.message.fill("Is anybody there?")
    await app.sendButton.waitFor()
    const seen = await app.page.evaluate(async () => {
      const field = document.querySelector<HTMLTextAreaElement>("#message")
      field?.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }))
      await new Promise((resolve) => requestAnimationFrame(resolve))
      return document.querySelector("[aria-label=Conversation]")?.textContent ?? ""
    })
    expect(seen).toContain("Is anybody there?")
    await app.answer.waitFor()
    await app.stopButton.waitFor()
    await scene.models.held()
    scene.models.release()
    await app.ended()
  })
})
