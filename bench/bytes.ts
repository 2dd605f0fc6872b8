import { openClient } from "./lib/client.ts"
import { openWebuiIssue as issue } from "./lib/peers.ts"
import type { Bench } from "./lib/row.ts"
import { withScene } from "./lib/scene.ts"
import { sevenCharacters } from "./lib/upstream.ts"

const intervalMs = 48

/** What one tab receives of a long answer at the pace of a model: all frames of the socket with their heads, uncompressed. */
export const bytesToOneTab: Bench = ({ quick }) => {
  const tokens = quick ? 200 : 8000
  return withScene({ pieces: sevenCharacters, intervalMs }, async ({ server }) => {
    const client = await openClient(server.url)
    await client.ask({ text: `stream 0, ${tokens} pieces` })
    client.close()
    const { frames, bytes } = client.received
    const megabytes = ((bytes / 1e6) * 8000) / tokens
    return [
      {
        figure: `bytes to one tab for an answer of 8,000 tokens paced at ${intervalMs} ms, uncompressed`,
        measured: `${megabytes.toFixed(2)} MB in ${((frames * 8000) / tokens).toLocaleString("en")} frames`,
        goal: "≤ 1.1 MB",
        reached: megabytes <= 1.1,
        peers: `Open WebUI: 131 MB, computed: each token sends the whole answer so far (${issue}23733)`,
        ...(quick ? { notes: [`Multiplied up from an answer of ${tokens} tokens.`] } : {}),
      },
    ]
  })
}
