import { type Browser, type Page, chromium } from "playwright-core"

/** A fresh page in the browser that the tests use too, closed however `work` ends. */
export async function withPage<T>(work: (page: Page) => Promise<T>): Promise<T> {
  const browser: Browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: quiet })
  try {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
    return await work(await context.newPage())
  } finally {
    await browser.close()
  }
}

/** As root without a sandbox, without a GPU, and without a word to anybody else. */
const quiet = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
]

/** Opens the app and waits until a message could be sent; leaves the words in the composer. */
export async function openComposer(page: Page, url: string, words: string): Promise<void> {
  await page.goto(url, { waitUntil: "commit" })
  await page.getByLabel("Message", { exact: true }).fill(words)
  await page.locator("button[aria-label=Send]:enabled").waitFor()
}
