import { existsSync } from "node:fs"
import { chromium } from "playwright-core"
import type { Browser, BrowserContext } from "playwright-core"

/** Where Debian puts it. */
const chromiumPath = "/usr/bin/chromium"

/** Without them it asks the network for this and that. */
const args = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
]

/**
 * Debian's Chromium, without a window.
 * @throws with the command that installs it when it is not there
 */
export async function startBrowser(executablePath = chromiumPath): Promise<Browser> {
  if (existsSync(executablePath)) return chromium.launch({ executablePath, args })
  throw new Error(
    `The browser tests need Chromium at ${executablePath}. Run \`npm test\` as root, which installs it, or:\n` +
      "  sudo apt-get update && sudo apt-get install -y chromium",
  )
}

/** What the pages of a context have complained of and asked for since it was made. */
export type Watch = {
  /** Errors and warnings of the console, errors nobody caught, and what the content security policy forbade. */
  problems: string[]
  /** Method and address of every request, from whichever page: `GET http://…`. */
  requests: string[]
}

/** To be called before the first page is opened. */
export async function watch(context: BrowserContext): Promise<Watch> {
  const seen: Watch = { problems: [], requests: [] }
  context.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) seen.problems.push(`${message.type()}: ${message.text()}`)
  })
  context.on("weberror", (error) => seen.problems.push(`not caught: ${String(error.error())}`))
  context.on("request", (request) => seen.requests.push(`${request.method()} ${request.url()}`))
  await context.exposeBinding("reportViolation", (_page, what: string) => void seen.problems.push(`forbidden: ${what}`))
  await context.addInitScript(() => {
    const report = (window as unknown as { reportViolation: (what: string) => void }).reportViolation
    document.addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) =>
      report(`${effectiveDirective} ${blockedURI}`),
    )
  })
  return seen
}
