import { source } from "axe-core"
import type { AxeResults, RunOptions } from "axe-core"
import type { Page } from "playwright-core"

/** All rules of WCAG 2.2 A and AA that a program can check, and what else axe holds for good practice. */
const options: RunOptions = {
  runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
  resultTypes: ["violations"],
}

/** What hangs on colours alone: all that another colour scheme can break. */
const ofColours: RunOptions = {
  ...options,
  runOnly: { type: "rule", values: ["color-contrast", "link-in-text-block"] },
}

/** Goes through the colour schemes, and gives what axe finds wrong in each of them; `look` sees the page in each. */
export async function flawsInAllColours(
  page: Page,
  look: (colorScheme: "light" | "dark") => Promise<unknown>,
): Promise<string[]> {
  const found: string[] = []
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme })
    const rules = colorScheme === "light" ? options : ofColours
    found.push(...(await flaws(page, rules)).map((flaw) => `${colorScheme}: ${flaw}`))
    await look(colorScheme)
  }
  return found
}

/** What axe finds wrong with a page as it is now: rule, and where. */
export async function flaws(page: Page, rules = options): Promise<string[]> {
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
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(source)
  const { violations } = await page.evaluate(
    (given) => (window as unknown as { axe: { run(given: RunOptions): Promise<AxeResults> } }).axe.run(given),
    rules,
  )
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, any }) => `${id} (${help}): ${target.join(" ")} ${any[0]?.message ?? ""}`.trim()),
  )
}
