import { environment } from "./environment.ts"
import { makeFunction } from "./function.ts"
import { listModels } from "./model.ts"
import { handleRuns } from "./permission.ts"

const sweep = makeFunction("schedule", {
  description: "Once a minute: finds runs whose worker is gone, does what was put off, asks which models there are",
  // Four queries and little else in most minutes, and nobody waits: it is what an idle month costs.
  memory: "256 MB",
  timeout: "60 seconds",
  // The next minute comes anyway.
  retries: 0,
  maximumAge: 60,
  environment,
  permissions: [...handleRuns, ...listModels],
})

/** Finds runs whose worker is gone, and does what was put off. */
new sst.aws.CronV2("Sweep", { schedule: "rate(1 minute)", function: sweep.arn })
