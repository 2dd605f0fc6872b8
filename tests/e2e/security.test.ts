import { once } from "node:events"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import type { Page } from "playwright-core"
import { describe, expect, onTestFinished, test } from "vitest"
import { runtimeKind } from "../support/runtime.ts"
import { eventually } from "./support/app.ts"
import { hostileMarkdown, hostileName } from "./support/hostile.ts"
import { useScenes } from "./support/scene.ts"
import type { Scene } from "./support/scene.ts"

const scenes = useScenes()

/** A server that nobody should ever ask for anything, and what it was asked for. */
async function startCanary(): Promise<{ url: string; asked: { path: string; referrer: string | undefined }[] }> {
  const asked: { path: string; referrer: string | undefined }[] = []
  const server = createServer(({ url = "", headers }, response) => {
    asked.push({ path: url, referrer: headers.referer })
    response.setHeader("content-type", "image/svg+xml")
    response.end('<svg xmlns="http://www.w3.org/2000/svg" width="2" height="2"/>')
  })
  server.listen(0, "127.0.0.1")
  onTestFinished(() => void server.close())
  await once(server, "listening")
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked }
}

const hit = (page: Page): Promise<unknown> => page.evaluate(() => (window as unknown as { hit?: unknown }).hit)

/** Whom the pages have asked that they have nothing to do with. */
const foreign = ({ watch, url, stage }: Scene): string[] =>
  watch.requests.filter((request) => ![url, ...stage.others].some((origin) => request.includes(` ${origin}/`)))

describe("the page", () => {
  test("forbids whatever is not its own", async () => {
    const scene = await scenes.open()
    const app = await scene.visit()
    const answer = await app.page.request.get(scene.url)
    const policy = Object.fromEntries(
      (answer.headers()["content-security-policy"] ?? "").split(";").map((directive) => {
        const [name = "", ...sources] = directive.trim().split(/\s+/)
        return [name, sources]
      }),
    )
    expect(policy["default-src"]).toEqual(["'none'"])
    expect(policy["script-src"]).toEqual(["'self'"])
    const [own, ...others] = policy["connect-src"] ?? []
    expect(own).toBe("'self'")
    // On AWS the socket, the files and the accounts have addresses of their own.
    expect(others).toHaveLength(runtimeKind === "local" ? 0 : 3)
    for (const other of others) expect(other).toMatch(/^\w+:\/\/[^*]+$/)
    expect(policy["base-uri"]).toEqual(["'none'"])
    expect(policy["form-action"]).toEqual(["'none'"])
    expect(policy["frame-ancestors"]).toEqual(["'none'"])
    expect(policy["object-src"] ?? policy["default-src"]).toEqual(["'none'"])
    expect(answer.headers()["x-content-type-options"]).toBe("nosniff")
    expect(answer.headers()["referrer-policy"]).toBe("no-referrer")

    // What gets past everything else still does not run, and would be noticed in every scene.
    scene.expectProblems(/^forbidden: script-src/, /Content Security Policy/)
    await app.page.evaluate(() => {
      const script = document.createElement("script")
      script.textContent = "window.hit = 'inline'"
      document.body.append(script)
      const image = document.createElement("img")
      image.setAttribute("onerror", "window.hit = 'attribute'")
      image.src = "/no-such-image"
      document.body.append(image)
    })
    await eventually(() => scene.watch.problems.filter((problem) => problem.startsWith("forbidden")).length).toBe(2)
    scene.expectProblems(/status of 404/)
    expect(await hit(app.page)).toBeUndefined()
  })
})

describe("a model with bad intentions", () => {
  test("runs nothing and loads nothing, while it streams and after a reload", async () => {
    const canary = await startCanary()
    const text = hostileMarkdown(canary.url)
    const scene = await scenes.open({ models: [{ name: "writer:latest", text, intervalMs: 1 }] })
    const app = await scene.visit()
    app.page.on("dialog", () => expect.unreachable("a dialog was opened"))
    await app.send("Say something nice.")
    await app.ended()
    for (const reloaded of [false, true]) {
      if (reloaded) await app.page.reload()
      await app.answer.getByText("The end of it.", { exact: false }).waitFor()
      await eventually(() => app.answer.locator("math").count()).toBeGreaterThan(0)
      const forbidden =
        "script, iframe, object, embed, link, style, meta, form, video, details:not(.thought), img, base"
      expect(await app.answer.locator(forbidden).count()).toBe(0)
      const attributes = await app.answer.evaluate(
        (answer) =>
          [...answer.querySelectorAll("*")].flatMap((element) =>
            [...element.attributes].filter(
              ({ name, value }) => name.startsWith("on") || /^\s*(javascript|vbscript|data|blob|file):/i.test(value),
            ),
          ).length,
      )
      expect(attributes).toBe(0)

      const links = await app.answer
        .getByRole("link")
        .evaluateAll((all) =>
          (all as HTMLAnchorElement[]).map(({ href, target, rel }) => ({ href, target, rel: rel.split(" ") })),
        )
      expect(links.map(({ href }) => href)).toContain("https://fine.example/page")
      for (const { href, target, rel } of links) {
        expect(href).toMatch(/^(https?:\/\/(fine\.example|127\.0\.0\.1)[:/]|mailto:a@fine\.example$)/)
        expect(new URL(href).origin).not.toBe(scene.url)
        expect(target).toBe("_blank")
        expect(rel).toEqual(expect.arrayContaining(["noopener", "noreferrer"]))
      }
      expect(await hit(app.page)).toBeUndefined()
    }
    expect(canary.asked).toEqual([])
    expect(foreign(scene)).toEqual([])
  })

  test("gets an image of another server shown only when one asks for it, and learns nothing by it", async () => {
    const canary = await startCanary()
    const text = `![A chart](${canary.url}/chart.png?what=was-said)`
    const scene = await scenes.open({ models: [{ name: "writer:latest", text }] })
    const app = await scene.visit()
    await app.ask("Show me a chart.")
    const button = app.answer.getByRole("button", { name: /^Show the image .*A chart.* 127\.0\.0\.1/ })
    await button.waitFor()
    expect(canary.asked).toEqual([])
    await button.click()
    await app.answer.getByRole("img", { name: "A chart" }).waitFor()
    await eventually(() => canary.asked).toEqual([{ path: "/chart.png?what=was-said", referrer: undefined }])
  })

  test("cannot put an image into a link: what is clicked is either the one or the other", async () => {
    const canary = await startCanary()
    const linked = (alt: string) => `[![${alt}](${canary.url}/image.png)](${canary.url}/page)`
    const text = `${linked("A chart")} and ${linked("")} and the end.`
    const scene = await scenes.open({ models: [{ name: "writer:latest", text }] })
    const app = await scene.visit()
    await app.ask("Show me a chart.")
    await app.answer.getByText("and the end.", { exact: false }).waitFor()
    expect(await app.answer.locator("a button, button a").count()).toBe(0)
    const links = await app.answer.getByRole("link").allInnerTexts()
    expect(links).toEqual([expect.stringContaining("A chart"), expect.stringMatching(/\S/)])
    expect(canary.asked).toEqual([])
  })

  test("fails with words that are words", async () => {
    const scene = await scenes.open({
      models: [{ name: "writer:latest", text: "Well", fault: "garbage" }],
    })
    const app = await scene.visit()
    await app.send("Fail.")
    await app.answer.getByRole("alert").waitFor()
    expect(await app.answer.getByRole("alert").locator("title").count()).toBe(0)
  })

  test("has a name that is text wherever it stands", async () => {
    const name = `${hostileName}:latest`
    const scene = await scenes.open({ models: [{ name, text: "Fine." }] })
    const app = await scene.visit()
    await eventually(() => app.modelButton.textContent()).toContain(hostileName)
    await app.modelButton.click()
    await app.dialog.getByRole("option").first().waitFor()
    expect(await app.dialog.getByRole("option").first().textContent()).toContain(hostileName)
    await app.page.keyboard.press("Escape")
    await app.ask("Who are you?")
    expect(await app.meta.textContent()).toContain(hostileName)
    expect(await app.page.locator("main img").count()).toBe(0)
    expect(await hit(app.page)).toBeUndefined()
  })
})

describe("one's own words", () => {
  test("are text in the bubble, the list, the title, the palette and the notice", async () => {
    const scene = await scenes.open()
    const app = await scene.visit()
    await app.ask(hostileName)
    await app.question(hostileName).waitFor()
    await app.chat(hostileName).waitFor()
    expect(await app.page.title()).toBe(`${hostileName} · OmniChat`)
    await app.page.keyboard.press("Control+K")
    await app.dialog.getByRole("option", { name: hostileName }).waitFor()
    await app.page.keyboard.press("Escape")
    await app.choose(hostileName, "Delete")
    await app.page.getByRole("status").getByText(`Deleted “${hostileName}”`).waitFor()
    expect(await app.page.locator("img").count()).toBe(0)
    expect(await hit(app.page)).toBeUndefined()
  })

  test("name no file of anybody's choice: a file name is text, and a file is never a page of ours", async () => {
    const scene = await scenes.open({ models: [{ name: "seer:4b", capabilities: ["completion", "vision"] }] })
    const app = await scene.visit()
    const buffer = Buffer.from("<script>window.hit = 'file'</script> and some words")
    await app.composer.getByLabel("Files").setInputFiles({ name: `${hostileName}.txt`, mimeType: "text/plain", buffer })
    await app.composer.getByText(`${hostileName}.txt`).waitFor()
    await app.ask("Read this.")
    const file = app.conversation.getByRole("link", { name: hostileName })
    await file.waitFor()
    const { headers } = scene
    const answer = await fetch(new URL((await file.getAttribute("href")) ?? "", app.page.url()), { headers })
    expect(answer.headers.get("content-disposition")).toMatch(/^attachment/)
    expect(answer.headers.get("x-content-type-options")).toBe("nosniff")
    expect(await hit(app.page)).toBeUndefined()
  })
})
