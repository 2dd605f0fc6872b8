import type { Page } from "playwright-core"
import { describe, expect, test } from "vitest"
import { eventually } from "./support/app.ts"
import { useScenes } from "./support/scene.ts"

const scenes = useScenes()

/** Where the focus is, by name, and whether one sees it: by an outline of its own or a change of what is around. */
const focus = (page: Page): Promise<{ name: string; seen: boolean }> =>
  page.evaluate(() => {
    const element = document.activeElement as HTMLElement
    const name = element.getAttribute("aria-label") ?? element.textContent?.trim() ?? ""
    const ringed = (one: Element) => {
      const { outlineStyle, outlineWidth } = getComputedStyle(one)
      return outlineStyle !== "none" && parseFloat(outlineWidth) >= 2
    }
    const look = () => {
      const around = element.closest("form, label, [role=group]") ?? element
      const { boxShadow, borderColor } = getComputedStyle(around)
      return `${boxShadow} ${borderColor}`
    }
    const focused = look()
    const hasRing = ringed(element)
    element.blur()
    const seen = hasRing || look() !== focused
    element.focus()
    return { name, seen }
  })

describe("with the keyboard alone", () => {
  test("one gets from the start to an answer and its copy button, and always sees where one is", async () => {
    const scene = await scenes.open()
    const app = await scene.visit()
    await app.modelButton.getByText("echo").waitFor()
    expect((await focus(app.page)).name).toBe("Message")
    await app.page.keyboard.type("Hello.")
    await app.page.keyboard.press("Enter")
    await app.ended()
    expect(await app.message.evaluate((field) => field === document.activeElement)).toBe(true)

    const stops: { name: string; seen: boolean }[] = []
    for (let at = 0; at < 12 && stops.at(-1)?.name !== "Copy the answer"; at++) {
      await app.page.keyboard.press("Shift+Tab")
      stops.push(await focus(app.page))
    }
    expect(stops.map(({ name }) => name)).toContain("Copy the answer")
    await app.page.keyboard.press("Enter")
    await eventually(() => app.clipboard()).toBe("You said: Hello. (messages: 1)")

    const round: { name: string; seen: boolean }[] = []
    for (let at = 0; at < 40 && round.at(-1)?.name !== "Skip the chat list"; at++) {
      await app.page.keyboard.press("Shift+Tab")
      round.push(await focus(app.page))
    }
    const names = round.map(({ name }) => name)
    const expected = ["Edit your message", "Copy your message", "More about this chat", "More about Hello.", "Hello."]
    expect(names).toEqual(expect.arrayContaining([...expected, "Skip the chat list"]))
    expect([...stops, ...round].filter(({ seen }) => !seen)).toEqual([])
  })

  test("the first stop leads past the list to where one writes, or to the screen that has no such place", async () => {
    const scene = await scenes.open()
    const app = await scene.visit()
    await app.modelButton.getByText("echo").waitFor()
    const skip = app.page.getByRole("link", { name: "Skip the chat list" })
    await skip.press("Enter")
    expect(await app.message.evaluate((field) => field === document.activeElement)).toBe(true)

    await app.chats.getByRole("link", { name: /^Settings/ }).click()
    await app.page.getByRole("heading", { name: "Appearance" }).waitFor()
    await skip.press("Enter")
    expect(await app.page.getByRole("main").evaluate((main) => main === document.activeElement)).toBe(true)
  })

  test("a dialog keeps the focus and gives it back", async () => {
    const scene = await scenes.open()
    const app = await scene.visit()
    await app.modelButton.getByText("echo").waitFor()
    await app.page.keyboard.press("Control+K")
    await app.dialog.waitFor()
    for (let at = 0; at < 5; at++) {
      await app.page.keyboard.press("Tab")
      const outside = await app.page.evaluate(() => {
        const element = document.activeElement
        return element !== null && element !== document.body && element.closest("dialog") === null
      })
      expect(outside).toBe(false)
    }
    await app.page.keyboard.press("Escape")
    await app.dialog.waitFor({ state: "detached" })
    expect((await focus(app.page)).name).toBe("Message")
  })
})

describe("a screen reader", () => {
  test("hears whole sentences of an answer, not its tokens, and how it ended", async () => {
    const sentences = ["This is the first sentence.", "Here comes another one!", "And is this the last?"]
    const text = sentences.join(" ")
    const scene = await scenes.open({ models: [{ name: "writer:latest", text, intervalMs: 350 }] })
    const app = await scene.visit()
    await app.modelButton.getByText("writer").waitFor()
    await app.page.evaluate(() => {
      const heard: string[] = []
      Object.assign(window, { heard })
      const selector = "[aria-live=polite], [aria-live=assertive], [role=log], [role=status], [role=alert]"
      new MutationObserver((records) => {
        for (const { type, target, addedNodes } of records) {
          const element = target instanceof Element ? target : target.parentElement
          if (!element?.closest(selector)) continue
          const added = type === "childList" ? [...addedNodes] : [target]
          heard.push(added.map((node) => node.textContent).join(""))
        }
      }).observe(document.body, { subtree: true, childList: true, characterData: true })
    })
    await app.send("Speak to me.")
    await app.ended()
    const log = app.page.getByRole("log")
    await log.getByText("The answer is complete").waitFor()

    const heard = (await app.page.evaluate(() => (window as unknown as { heard: string[] }).heard)).filter(Boolean)
    expect(heard[0]).toBe("writer answers")
    expect(heard.at(-1)).toBe("The answer is complete")
    const spoken = heard.slice(1, -1)
    for (const piece of spoken) expect(piece).toMatch(/^[A-Z].*[.!?]$/)
    expect(spoken.join(" ")).toBe(text)
  })

  test("finds its way by landmarks, headings and names", async () => {
    const scene = await scenes.open()
    const app = await scene.visit()
    await app.ask("A question")
    await app.page.getByRole("navigation", { name: "Chats" }).waitFor()
    await app.page.getByRole("main").waitFor()
    expect(await app.page.getByRole("heading", { level: 1 }).allTextContents()).toEqual(["A question"])
    expect(await app.answers.first().getAttribute("aria-label")).toBe("Answer from echo")
    await app.conversation.getByRole("group", { name: "Your message" }).first().waitFor()
    expect(await app.page.locator("html").getAttribute("lang")).toBe("en")
  })
})

describe("somebody who cannot bear motion", () => {
  test("sees none", async () => {
    const scene = await scenes.open({
      models: [{ name: "writer:latest", text: "Some words.", holdAfter: 1 }],
      context: { reducedMotion: "reduce" },
    })
    const app = await scene.visit()
    await app.send("Speak.")
    await scene.models.held()
    await app.words.waitFor()
    const moving = await app.page.evaluate(() =>
      document.getAnimations().map(({ effect }) => effect?.getComputedTiming().duration),
    )
    expect(moving).toEqual([])
    scene.models.release()
    await app.ended()
  })
})
