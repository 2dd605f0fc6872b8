import { source } from "axe-core"
import type { AxeResults, RunOptions } from "axe-core"
import type { Page } from "playwright-core"

/** All rules of WCAG 2.2 A and AA that a program can check, and what else axe holds for good practice. */
const options: RunOptions = {
  runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
  resultTypes: ["violations"],
}

/** What axe finds wrong with a page as it is now: rule, and where. */
export async function flaws(page: Page): Promise<string[]> {
  // Colours are measured, so none may be on its way to another. What breathes for ever, or goes with the scrolling, is
  // no colour of words.
  await page.evaluate(async () => {
    const ending = document
      .getAnimations()
      .filter(
        ({ effect, timeline }) => timeline === document.timeline && effect?.getComputedTiming().endTime !== Infinity,
      )
    await Promise.allSettled(ending.map(({ finished }) => finished))
  })
  await page.evaluate(source)
  const { violations } = await page.evaluate(
    (rules) => (window as unknown as { axe: { run(rules: RunOptions): Promise<AxeResults> } }).axe.run(rules),
    options,
  )
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, any }) => `${id} (${help}): ${target.join(" ")} ${any[0]?.message ?? ""}`.trim()),
  )
}
