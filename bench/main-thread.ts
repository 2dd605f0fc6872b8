import type { CDPSession, Page } from "playwright-core"
import { openComposer, withPage } from "./lib/chromium.ts"
import { longMarkdown, piecesOf } from "./lib/markdown.ts"
import type { Bench } from "./lib/row.ts"
import { withScene } from "./lib/scene.ts"

/** What the page's main thread does while a long answer with everything in it streams. */
export const mainThread: Bench = ({ quick }) => {
  const seconds = quick ? 6 : 60
  const text = longMarkdown((48 * 1024 * seconds) / 60)
  const pieces = piecesOf(text, 7)
  return withScene({ pieces, intervalMs: (seconds * 1000) / pieces.length }, ({ server }) =>
    withPage(async (page) => {
      await page.addInitScript(watchTasks)
      const session = await page.context().newCDPSession(page)
      await session.send("Performance.enable")
      await openComposer(page, server.url, "stream 0")
      await page.keyboard.press("Enter")
      await page.locator("article.answer", { hasText: text.slice(2, 20) }).waitFor()
      const before = await metricsOf(session)
      await page.locator("article.answer[aria-busy=false]").waitFor({ timeout: 3 * seconds * 1000 })
      const after = await metricsOf(session)
      const seen = await outcome(page)
      await session.send("HeapProfiler.collectGarbage")
      const heap = ((await metricsOf(session)).get("JSHeapUsedSize") ?? Number.NaN) / 1e6

      const spent = (name: string): number => (after.get(name) ?? Number.NaN) - (before.get(name) ?? Number.NaN)
      const share = (name: string): string => `${((spent(name) / spent("Timestamp")) * 100).toFixed(1)} %`
      const busy = spent("TaskDuration") / spent("Timestamp")
      const longest = Math.max(0, ...seen.longTasks)
      return [
        {
          figure: `browser main thread busy while 48 KB of Markdown streams in 60 s`,
          measured:
            `${share("TaskDuration")} (script ${share("ScriptDuration")}, style ${share("RecalcStyleDuration")}, ` +
            `layout ${share("LayoutDuration")}), heap ${heap.toFixed(1)} MB`,
          goal: "≤ 5 %",
          reached: busy <= 0.05,
          peers: "56 %: the usual design, which renders the whole answer again with each piece",
          notes: [
            `A page in Chromium without a GPU, painting included; ${pieces.length.toLocaleString("en")} pieces in ${spent(
              "Timestamp",
            ).toFixed(1)} s made ${seen.elements.toLocaleString("en")} elements, ${seen.blocks}.`,
          ],
        },
        {
          figure: "longest task of the main thread in the same time",
          measured: longest === 0 ? "none over 50 ms" : `${longest.toFixed(0)} ms, ${seen.longTasks.length} over 50 ms`,
          goal: "none over 50 ms",
          reached: longest === 0,
        },
      ]
    }),
  )
}

type Watched = { longTasks?: number[] }

/** Runs in the page before everything else. */
function watchTasks(): void {
  const longTasks: number[] = []
  ;(globalThis as Watched).longTasks = longTasks
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) longTasks.push(entry.duration)
  }).observe({ type: "longtask" })
}

/** What the page holds in the end, so that nothing is fast because it is not there. */
function outcome(page: Page): Promise<{ longTasks: number[]; elements: number; blocks: string }> {
  return page.evaluate(() => {
    const answer = document.querySelector("article.answer")
    const count = (name: string): string => `${answer?.querySelectorAll(name).length ?? 0} ${name}`
    return {
      longTasks: (globalThis as Watched).longTasks ?? [],
      elements: answer?.querySelectorAll("*").length ?? 0,
      blocks: ["h2", "pre", "table", "math"].map(count).join(", "),
    }
  })
}

async function metricsOf(session: CDPSession): Promise<Map<string, number>> {
  const { metrics } = await session.send("Performance.getMetrics")
  return new Map(metrics.map(({ name, value }) => [name, value]))
}
