// @vitest-environment happy-dom
import { expect, test } from "vitest"
import { imageButton } from "./image.ts"
import { MarkdownPage } from "./page.ts"

const image = (src: string, alt = "a chart") => imageButton({ kind: "image", src, alt, title: "" })

test("an image is fetched when the reader asks for it and not before", () => {
  const place = image("https://x.example/i.png?said=1")
  const button = place.querySelector("button")
  expect(place.querySelector("img")).toBeNull()
  expect(button?.textContent).toBe("Show the image a chart x.example")
  button?.click()
  const shown = place.querySelector("img")
  expect(shown?.src).toBe("https://x.example/i.png?said=1")
  expect(shown?.alt).toBe("a chart")
  expect(shown?.getAttribute("referrerpolicy")).toBe("no-referrer")
  expect(place.querySelector("button")).toBeNull()
})

test("an image that does not come gives its button back", () => {
  const place = image("https://x.example/i.png")
  place.querySelector("button")?.click()
  place.querySelector("img")?.dispatchEvent(new Event("error"))
  expect(place.querySelector("button")?.textContent).toContain("x.example did not send it")
})

test("within a link an image is its description: one thing to press is enough", () => {
  const root = document.createElement("div")
  new MarkdownPage(root).draw("[a **![badge](https://x.example/b.svg)**](https://x.example)", false)
  expect(root.querySelector("button, img")).toBeNull()
  expect(root.querySelector("a")?.textContent).toBe("a badge")
})

test.each([
  "data:image/png;base64,AA==",
  "javascript:alert(1)",
  "/api/files/fil_1",
  "//x.example/i.png",
  "",
  "https://a:b@x.example/i.png",
])("%j is no image of the web: its description stays", (src) => {
  const place = image(src)
  expect(place.querySelector("button, img")).toBeNull()
  expect(place.textContent).toBe("a chart")
})
