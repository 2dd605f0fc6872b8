import { createDrive } from "@omnichat/core/pool/drive"
import type { PoolPorts } from "@omnichat/core/pool/ports"
import type { PoolScaler } from "@omnichat/core/pool/scaler"
import { viewPool } from "@omnichat/core/pool/view"
import { untilSettled } from "../background.ts"
import type { Runtime } from "../runtime.ts"
import type { LambdaContext } from "./worker.ts"

/** What is kept of the function's time for messages under way, in milliseconds. */
const keptForEnd = 30_000

/** Drives the line while somebody stands in it; calls itself when its time is up before that. */
export function createPoolFunction(
  { ports, pool, settled }: Runtime,
  scaler: PoolScaler,
): (event: unknown, context: LambdaContext) => Promise<void> {
  if (pool === undefined) throw new TypeError("The environment variable POOL_FUNCTION is not set: there is no pool.")
  const { drive } = createDrive({ ...pool, runs: ports, scaler })
  return (_event, context) =>
    untilSettled({ settled }, async () => {
      ports.log.info("pool", { ...(await poolFacts(pool)) })
      const until = ports.clock.now() + context.getRemainingTimeInMillis() - keptForEnd
      if ((await drive({ until })) === "time") await pool.drive()
    })
}

/** A line of the log each minute, to be counted and drawn by who asks: a metric of one's own has a price every month. */
async function poolFacts(pool: PoolPorts): Promise<object> {
  const { servers, waiting, dollarsPerHour = 0 } = await viewPool(pool)
  return {
    servers: servers.length,
    answers: servers.reduce((sum, { answers }) => sum + answers.now, 0),
    waiting: waiting.length,
    gpuUse: servers.map(({ gpu }) => gpu?.use ?? null),
    dollarsPerHour,
  }
}
