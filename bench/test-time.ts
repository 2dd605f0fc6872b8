import { readFileSync } from "node:fs"
import type { Bench } from "./lib/row.ts"

const figure = "`npm test` on a fresh clone, everything installed by it"
const goal = "≤ 15 min on 2 cores"

/** What the last `npm test` here took, as it wrote it down; running it again would take all the others' time. */
export const testTime: Bench = () => {
  const [seconds, state] = lastRun()
  if (seconds === undefined) return Promise.resolve([{ figure, measured: "not measured here", goal }])
  const minutes = Number(seconds) / 60
  const fresh = state === "fresh"
  return Promise.resolve([
    {
      figure,
      measured: `${minutes.toFixed(1)} min${fresh ? "" : " with everything installed already"}`,
      goal,
      ...(fresh ? { reached: minutes <= 15 } : {}),
    },
  ])
}

/** `artifacts/test-seconds.txt`: seconds, then whether there was nothing installed before. */
function lastRun(): string[] {
  try {
    return readFileSync("artifacts/test-seconds.txt", "utf8").trim().split(" ")
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return []
    throw error
  }
}
