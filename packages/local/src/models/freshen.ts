import type { Clock } from "@omnichat/core/store/clock"
import type { WatchedServer } from "./watched-server.ts"

/** How long the others are waited for when one has told that it is up, in milliseconds. */
const grace = 150

/**
 * Sees to it that the pool knows how its servers are. What is known to be down, or was looked at a moment ago, is not
 * waited for; nor is one that hangs, where another is there: it is passed over until it tells.
 */
export async function freshen(servers: readonly WatchedServer[], clock: Clock): Promise<void> {
  const stale = servers.filter((server) => !server.touch())
  if (stale.length === 0) return
  const over = new AbortController()
  const looks = stale.map((server) => server.look())
  const oneIsUp = new Promise<void>((resolve) => {
    const check = () => servers.some(({ isUp }) => isUp) && resolve()
    check()
    for (const look of looks) void look.then(check)
  })
  await Promise.race([Promise.all(looks), oneIsUp.then(() => clock.sleep(grace, over.signal))])
  over.abort()
  await Promise.all(stale.map((server) => server.doubt()))
}
