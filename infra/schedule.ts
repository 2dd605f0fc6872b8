import { listFiles, useFiles } from "./bucket.ts"
import { environment } from "./environment.ts"
import { makeFunction } from "./function.ts"
import { useConnections } from "./socket.ts"
import { useTable } from "./table.ts"
import { callWorker } from "./worker.ts"

const sweep = makeFunction("schedule", {
  description: "Once a minute: finds runs whose worker is gone, and does what was put off",
  // Four queries and little else in most minutes, and nobody waits: it is what an idle month costs.
  memory: "256 MB",
  timeout: "60 seconds",
  // The next minute comes anyway.
  retries: 0,
  maximumAge: 60,
  environment,
  permissions: [useTable, useFiles, listFiles, useConnections, callWorker],
})

/** Finds runs whose worker is gone, and does what was put off. */
new sst.aws.CronV2("Sweep", { schedule: "rate(1 minute)", function: sweep.arn })
