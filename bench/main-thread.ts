import type { CDPSession, Page } from "playwright-core"
import { openComposer, withPage } from "./lib/chromium.ts"
import { longMarkdown, piecesOf } from "./lib/markdown.ts"
import { openWebuiIssue as issue } from "./lib/peers.ts"
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
      const clock = await countedIn(page, "timeTicks")
      const processor = await countedIn(page, "threadTicks")
      await openComposer(page, server.url, "stream 0")
      await page.keyboard.press("Enter")
      await page.locator("article.answer", { hasText: text.slice(2, 20) }).waitFor()
      await page.evaluate(() => void (globalThis as Watched).longTasks?.splice(0))
      const [clockBefore, before] = await Promise.all([metricsOf(clock), metricsOf(processor)])
      await page.locator("article.answer[aria-busy=false]").waitFor({ timeout: 3 * seconds * 1000 })
      const [clockAfter, after] = await Promise.all([metricsOf(clock), metricsOf(processor)])
      const seen = await outcome(page)
      await clock.send("HeapProfiler.collectGarbage")
      const heap = read(await metricsOf(clock), "JSHeapUsedSize") / 1e6

      const elapsed = read(clockAfter, "Timestamp") - read(clockBefore, "Timestamp")
      const share = (name: string): number => (read(after, name) - read(before, name)) / elapsed
      const busyByClock = (read(clockAfter, "TaskDuration") - read(clockBefore, "TaskDuration")) / elapsed
      const longest = Math.max(0, ...seen.longTasks)
      return [
        {
          figure: `browser main thread busy while 48 KB of Markdown streams in 60 s`,
          measured:
            `${percent(share("TaskDuration"))} (script ${percent(share("ScriptDuration"))}, ` +
            `style ${percent(share("RecalcStyleDuration"))}, layout ${percent(share("LayoutDuration"))}; ` +
            `by the clock ${percent(busyByClock)}), heap ${heap.toFixed(1)} MB`,
          goal: "≤ 5 %",
          reached: share("TaskDuration") <= 0.05,
          peers: `56 %: the usual design, which parses the whole answer again with each piece (${issue}23733)`,
          notes: [
            `Processor time of the main thread in Chromium without a GPU, painting included; by the clock it is more where ` +
              `the thread had to wait for a processor. ${pieces.length.toLocaleString("en")} pieces in ` +
              `${elapsed.toFixed(1)} s made ${seen.elements.toLocaleString("en")} elements, ${seen.blocks}.`,
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
    const count = (name: string, selector: string): string =>
      `${answer?.querySelectorAll(selector).length ?? 0} ${name}`
    return {
      longTasks: (globalThis as Watched).longTasks ?? [],
      elements: answer?.querySelectorAll("*").length ?? 0,
      blocks: [
        count("headings", "h1, h2, h3, h4"),
        count("pieces of code", "pre"),
        count("tables", "table"),
        count("formulas", "math"),
      ].join(", "),
    }
  })
}

/** A session whose durations are of the clock, or of the processor. */
async function countedIn(page: Page, timeDomain: "timeTicks" | "threadTicks"): Promise<CDPSession> {
  const session = await page.context().newCDPSession(page)
  await session.send("Performance.enable", { timeDomain })
  return session
}

async function metricsOf(session: CDPSession): Promise<Map<string, number>> {
  const { metrics } = await session.send("Performance.getMetrics")
  return new Map(metrics.map(({ name, value }) => [name, value]))
}

const read = (metrics: Map<string, number>, name: string): number => metrics.get(name) ?? Number.NaN
const percent = (part: number): string => `${(part * 100).toFixed(1)} %`
