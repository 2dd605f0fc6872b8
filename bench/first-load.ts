import { gzipSync } from "node:zlib"
import type { Page, Response } from "playwright-core"
import { openComposer, withPage } from "./lib/chromium.ts"
import type { Bench } from "./lib/row.ts"
import { withScene } from "./lib/scene.ts"
import { sevenCharacters } from "./lib/upstream.ts"

/** What a browser that was never here has to load before a message can be written and sent, with one model there. */
export const firstLoad: Bench = () =>
  withScene({ pieces: sevenCharacters, intervalMs: 0 }, ({ server }) =>
    withPage(async (page) => {
      const answers: Response[] = []
      page.on("response", (answer) => answers.push(answer))
      const began = performance.now()
      await openComposer(page, server.url, "Words")
      const usableMs = performance.now() - began
      const needed = [...answers]
      await page.waitForLoadState("networkidle")
      const [script, style] = await weigh(page, needed)
      const [laterScript, laterStyle] = await weigh(page, answers)
      const later = laterScript + laterStyle - script - style
      return [
        {
          figure: "script a browser must load before the chat is usable, gzip -9",
          measured: `${kilobytes(script)} (usable after ${usableMs.toFixed(0)} ms; fetched after that: ${kilobytes(later)})`,
          goal: "≤ 80 kB",
          reached: script <= 80_000,
          peers: "Open WebUI 1.71 MB, LibreChat 2.68 MB: what their published builds load",
        },
        { figure: "style, the same", measured: kilobytes(style), goal: "≤ 15 kB", reached: style <= 15_000 },
      ]
    }),
  )

/** Bytes of script and of style, each file compressed by itself; what stands in the page counts too. */
async function weigh(page: Page, answers: Response[]): Promise<[script: number, style: number]> {
  const inline = await page.evaluate(() => ({
    script: Array.from(document.querySelectorAll("script:not([src])"), (each) => each.textContent),
    style: Array.from(document.querySelectorAll("style"), (each) => each.textContent),
  }))
  let [script, style] = [sum(inline.script.map(gzipped)), sum(inline.style.map(gzipped))]
  for (const answer of answers) {
    const type = answer.headers()["content-type"] ?? ""
    if (/javascript|wasm/.test(type)) script += gzipped(await answer.body())
    else if (type.includes("css")) style += gzipped(await answer.body())
  }
  return [script, style]
}

const gzipped = (content: string | Buffer): number =>
  content.length === 0 ? 0 : gzipSync(content, { level: 9 }).length
const sum = (numbers: number[]): number => numbers.reduce((total, each) => total + each, 0)
const kilobytes = (bytes: number): string => `${(bytes / 1000).toFixed(1)} kB`
