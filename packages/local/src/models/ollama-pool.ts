import type { ProviderFetch } from "@omnichat/core/model/provider"
import type { ServedProvider } from "@omnichat/core/model/source"
import { createDrive } from "@omnichat/core/pool/drive"
import type { Drive } from "@omnichat/core/pool/drive"
import { Pool, poolTopic } from "@omnichat/core/pool/pool"
import type { PoolPorts } from "@omnichat/core/pool/ports"
import { pooledProvider } from "@omnichat/core/pool/provider"
import { oneMachinePoolSettings } from "@omnichat/core/pool/settings"
import { viewPool } from "@omnichat/core/pool/view"
import type { PoolView } from "@omnichat/core/protocol/pool"
import { ollamaProvider } from "@omnichat/core/provider/ollama/provider"
import { modelsOfAll } from "@omnichat/core/provider/ollama/several"
import type { RunPorts } from "@omnichat/core/run/ports"
import { memoryTable } from "@omnichat/core/store/memory"
import { WatchedServer } from "./watched-server.ts"

export type OllamaPool = {
  /** The servers at these addresses as one provider, and from now on no others. Undefined for none. */
  serve(urls: readonly string[]): ServedProvider | undefined
  view(): Promise<PoolView>
  /** Looks at nothing and drives nothing any more; who stands in line stays queued. */
  stop(): Promise<void>
}

type Options = {
  ports: Pick<PoolPorts, "clock" | "log" | "metrics" | "wake">
  /** The runs that stand in line; asked when the first does. */
  runs: () => RunPorts
  fetch: ProviderFetch
  /** Answers at once of one model on a server; absent: Ollama decides, and nobody stands in line. */
  parallel?: number
}

/** The Ollama servers of one machine: the same pool as on AWS, with its table in memory and an agent here for each. */
export function createOllamaPool({ ports, runs, fetch, parallel }: Options): OllamaPool {
  const { clock, wake } = ports
  const table = memoryTable({ now: clock.now })
  const watched = new Map<string, WatchedServer>()
  const ending = new AbortController()
  let drive: Drive | undefined
  let driving: Promise<unknown> = Promise.resolve()

  const poolPorts: PoolPorts = {
    ...ports,
    table,
    settings: oneMachinePoolSettings,
    sizes: new Map(),
    async freshen() {
      await Promise.all([...watched.values()].map((server) => server.freshen()))
    },
    drive() {
      drive ??= createDrive({ ...poolPorts, runs: runs() })
      driving = Promise.all([driving, drive.drive({ signal: ending.signal })])
      return Promise.resolve()
    },
  }
  const pool = new Pool(poolPorts)

  function serve(urls: readonly string[]): ServedProvider | undefined {
    const providers = new Map(urls.map((url) => [addressOf(url), ollamaProvider({ baseUrl: url, fetch })]))
    for (const [address, server] of watched) {
      if (providers.has(address)) continue
      watched.delete(address)
      void server.end()
    }
    for (const baseUrl of urls) {
      const address = addressOf(baseUrl)
      if (watched.has(address)) continue
      const host = () => Promise.resolve(parallel === undefined ? {} : { parallel })
      watched.set(address, new WatchedServer({ ...ports, table, address, ollama: { baseUrl, fetch }, host }))
    }
    if (urls.length === 0) return undefined
    return pooledProvider({
      pool,
      at(address) {
        const provider = providers.get(address)
        if (provider === undefined) throw new Error(`${address} is no server of this pool`)
        return provider
      },
      catalogue: modelsOfAll([...providers.values()]),
      clock,
      log: ports.log,
    })
  }

  return {
    serve,
    view: () => viewPool(poolPorts),
    async stop() {
      ending.abort()
      wake.notify(poolTopic)
      await Promise.all([driving, ...[...watched.values()].map((server) => server.stop())])
    },
  }
}

/** As shown to people: without credentials. */
function addressOf(url: string): string {
  const { origin, pathname } = new URL(url)
  return origin + pathname.replace(/\/+$/, "")
}
