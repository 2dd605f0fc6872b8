import { type BenchServer, withServer } from "./server.ts"
import { type Pace, type Upstream, startUpstream } from "./upstream.ts"

export type Scene = { upstream: Upstream; server: BenchServer }

/** A server with a model that speaks at this pace, as long as `work` goes on. */
export async function withScene<T>(
  pace: Pace,
  work: (scene: Scene) => Promise<T>,
  options: { core?: number } = {},
): Promise<T> {
  const upstream = await startUpstream(pace)
  try {
    return await withServer({ ollamaUrl: upstream.url, ...options }, async (server) => {
      // The server has asked the model server what it has before anything is measured.
      await (await fetch(`${server.url}/api/models`)).text()
      return work({ upstream, server })
    })
  } finally {
    await upstream.close()
  }
}
