import { expect, onTestFinished, test } from "vitest"
import { startBrowser, watch } from "../support/browser.ts"
import { eventually } from "./support/app.ts"

test("without Chromium the command is named that installs it", async () => {
  await expect(startBrowser("/no/such/browser")).rejects.toThrow(
    /npm test[\s\S]*sudo apt-get update && sudo apt-get install -y chromium$/,
  )
})

test("what a page complains of and asks for is noticed", async () => {
  const browser = await startBrowser()
  onTestFinished(() => browser.close())
  const context = await browser.newContext()
  const { problems, requests } = await watch(context)
  const page = await context.newPage()
  await page.route("http://page.example/**", (route) =>
    route.fulfill({
      contentType: "text/html",
      headers: { "content-security-policy": "script-src 'sha256-1fAhXk0Kk0Xv1hJmMz5b0V3Q0s0fM3y5lqk5Hk7pXyE='" },
      body: "<script>console.log('never')</script>",
    }),
  )
  await page.goto("http://page.example/here")
  await page.evaluate(() => {
    console.warn("a warning")
    console.error("an error")
    console.info("nothing")
    setTimeout(() => {
      throw new Error("thrown")
    })
  })
  await eventually(() => problems).toEqual(
    expect.arrayContaining([
      "forbidden: script-src-elem inline",
      "warning: a warning",
      "error: an error",
      "not caught: Error: thrown",
    ]),
  )
  expect(problems.join()).not.toContain("nothing")
  expect(requests).toEqual(["GET http://page.example/here"])
})
