import { openClient } from "./lib/client.ts"
import { openWebuiIssue as issue } from "./lib/peers.ts"
import type { Bench } from "./lib/row.ts"
import { withScene } from "./lib/scene.ts"
import { median } from "./lib/statistics.ts"
import { sevenCharacters } from "./lib/upstream.ts"

/** Whether the cost of an answer grows with its length or with its square. */
export const longAnswer: Bench = ({ quick }) => {
  const short = quick ? 400 : 4000
  const long = short * 6
  return withScene({ pieces: sevenCharacters, intervalMs: 1 }, async ({ server }) => {
    const client = await openClient(server.url)
    const cpuFor = async (pieces: number): Promise<number> => {
      const before = server.cpuSeconds()
      await client.ask({ text: `stream 0, ${pieces} pieces` })
      return server.cpuSeconds() - before
    }
    // In turn in one server that is warm, so that neither length pays for the compiler or for a busy machine.
    await cpuFor(long)
    const shorts: number[] = []
    const longs: number[] = []
    for (let at = 0; at < (quick ? 1 : 3); at++) {
      shorts.push(await cpuFor(short))
      longs.push(await cpuFor(long))
    }
    client.close()
    const ratio = median(longs) / median(shorts)
    const each = ((median(longs) / long) * 1e6).toFixed(0)
    return [
      {
        figure: `processor time for an answer of ${format(long)} chunks over one of ${format(short)} (1 ms apart; median of ${shorts.length})`,
        measured: `${ratio.toFixed(1)}× (${median(longs).toFixed(2)} s / ${median(shorts).toFixed(2)} s, ${each} µs a chunk)`,
        goal: "≤ 6.3× (linear is 6×)",
        reached: ratio <= 6.3,
        peers: `about 20×: designs that send or save the whole answer with each token (${issue}23733)`,
      },
    ]
  })
}

const format = (count: number): string => count.toLocaleString("en")
