import { environment, modelEnvironment } from "./environment.ts"
import { makeFunction } from "./function.ts"
import { askModels } from "./model.ts"
import { handleRuns } from "./permission.ts"
import { askServers } from "./pool/permission.ts"
import { fullName } from "./stage.ts"

/** What the closer could not close: nobody reads it but a person, whom an alarm calls. */
export const deadLetters = new aws.sqs.Queue("DeadLetters", {
  name: fullName("dead-letters"),
  sqsManagedSseEnabled: true,
  messageRetentionSeconds: 14 * 24 * 60 * 60,
})

/** Gets a run whose worker AWS gave up on, and closes it. The sweep would, a little later. */
export const closer = makeFunction("closer", {
  description: "Closes a run whose worker AWS gave up on",
  // One run is read and ended; more memory is only for the processor's share that comes with it.
  memory: "512 MB",
  timeout: "60 seconds",
  retries: 2,
  maximumAge: 3600,
  onFailure: deadLetters.arn,
  environment,
  permissions: [...handleRuns, { actions: ["sqs:SendMessage"], resources: [deadLetters.arn] }],
})

/** One turn of one run: asks the model, writes the journal, tells the followers. */
export const worker = makeFunction("worker", {
  description: "Executes one turn of a run: asks the model, writes the journal, tells the followers",
  // It waits most of its time, which is paid by memory; 512 MB is what parsing and posting 20 frames a second needs.
  memory: "512 MB",
  // The most there is. Near its end it hands over or closes the run, so nothing is cut off.
  timeout: "900 seconds",
  // Harmless, for a run is taken once. Later than a minute the sweep has taken care of it.
  retries: 2,
  maximumAge: 60,
  onFailure: closer.arn,
  environment: { ...environment, ...modelEnvironment },
  permissions: [
    ...handleRuns,
    ...askModels,
    ...askServers,
    // AWS calls the closer in the worker's name.
    { actions: ["lambda:InvokeFunction"], resources: [closer.arn] },
  ],
})
