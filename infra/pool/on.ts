import { stage } from "../stage.ts"
import type { Pool } from "./settings.ts"

/** The settings of the pool, for files that are only loaded where there is one. */
export const pool = settingsOf(stage.pool)

function settingsOf(pool: Pool | undefined): Pool {
  if (pool === undefined) throw new Error("Nothing of the pool is made where OMNICHAT_POOL is not set")
  return pool
}
