import type { RunPorts } from "@omnichat/core/run/ports"
import { oneMachineRunSettings } from "@omnichat/core/run/settings"
import { createWake } from "@omnichat/local/wake"

/** The ports of a run that nobody follows, without files and without surroundings. */
export function lonePorts(own: Pick<RunPorts, "table" | "clock" | "models">): RunPorts {
  const quiet = () => {}
  return {
    ...own,
    wake: createWake(),
    connections: { post: () => Promise.resolve("gone"), close: () => Promise.resolve() },
    dispatcher: { dispatch: () => Promise.resolve() },
    blobs: {
      put: () => Promise.resolve(),
      get: () => Promise.resolve(undefined),
      delete: () => Promise.resolve(),
      deleteAll: () => Promise.resolve(),
      uploadUrl: () => Promise.reject(new Error("no uploads here")),
      size: () => Promise.resolve(undefined),
    },
    log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    metrics: { count: quiet, observe: quiet },
    runSettings: oneMachineRunSettings,
    background: quiet,
  }
}
