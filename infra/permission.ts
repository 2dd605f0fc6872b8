import { listFiles, useFiles } from "./bucket.ts"
import type { Permission } from "./function.ts"
import { callPool } from "./pool/permission.ts"
import { useConnections } from "./socket.ts"
import { arnOf, fullName } from "./stage.ts"
import { useTable } from "./table.ts"

/** To start a run, or a further turn of one. By name, because the worker calls itself. */
const callWorker: Permission = {
  actions: ["lambda:InvokeFunction"],
  resources: [arnOf("lambda", `function:${fullName("worker")}`)],
}

/** What every function needs that reads, starts or ends runs. */
export const handleRuns: Permission[] = [useTable, useFiles, listFiles, useConnections, callWorker, ...callPool]
