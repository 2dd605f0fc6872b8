import { describe } from "@omnichat/core/log"
import type { ProviderFetch } from "@omnichat/core/model/provider"
import type { ServedProvider } from "@omnichat/core/model/source"
import { createDrive } from "@omnichat/core/pool/drive"
import type { Drive } from "@omnichat/core/pool/drive"
import { Pool } from "@omnichat/core/pool/pool"
import type { PoolPorts } from "@omnichat/core/pool/ports"
import { pooledProvider } from "@omnichat/core/pool/provider"
import { oneMachinePoolSettings } from "@omnichat/core/pool/settings"
import { viewPool } from "@omnichat/core/pool/view"
import { OmniError } from "@omnichat/core/protocol/error"
import type { PoolView } from "@omnichat/core/protocol/pool"
import { ollamaProvider } from "@omnichat/core/provider/ollama/provider"
import { modelsOfAll } from "@omnichat/core/provider/ollama/several"
import type { RunPorts } from "@omnichat/core/run/ports"
import { memoryTable } from "@omnichat/core/store/memory"
import { freshen } from "./freshen.ts"
import { WatchedServer } from "./watched-server.ts"

export type OllamaPool = {
  /** The servers at these addresses as one provider, and from now on no others. Undefined for none. */
  serve(urls: readonly string[]): ServedProvider | undefined
  view(): Promise<PoolView>
  /** As it was when somebody last looked. */
  lastView(): Promise<PoolView>
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
  const { clock, log } = ports
  const table = memoryTable({ now: clock.now })
  const watched = new Map<string, WatchedServer>()
  const leaving = new Map<string, Promise<void>>()
  /** By address, those of the settings as they are now. */
  let providers = new Map<string, { baseUrl: string; provider: ServedProvider }>()

  const poolPorts: PoolPorts = {
    ...ports,
    table,
    settings: oneMachinePoolSettings,
    sizes: new Map(),
    freshen: () => freshen([...watched.values()], clock),
    drive: () => Promise.resolve(driving.begin()),
  }
  let drive: Drive | undefined
  const driving = repeatedly(async (signal) => {
    drive ??= createDrive({ ...poolPorts, runs: runs() })
    try {
      await drive.drive({ signal })
    } catch (thrown) {
      log.error("pool-not-driven", { error: describe(thrown) })
    }
  })
  const pool = new Pool(poolPorts)

  function watch(address: string, baseUrl: string): WatchedServer {
    return new WatchedServer({
      ...ports,
      table,
      address,
      ollama: { baseUrl, fetch },
      host: () => Promise.resolve(parallel === undefined ? {} : { parallel }),
      isWaitedFor: () => driving.isUnderWay,
      after: leaving.get(address),
      onLoaded: (_model, ms) => ports.metrics.observe("model_load_seconds", ms / 1000),
    })
  }

  function forget(address: string, server: WatchedServer): void {
    watched.delete(address)
    const gone: Promise<void> = server
      .end()
      .catch((thrown: unknown) => log.error("pool-server-not-removed", { address, error: describe(thrown) }))
      .finally(() => {
        if (leaving.get(address) === gone) leaving.delete(address)
      })
    leaving.set(address, gone)
  }

  function serve(urls: readonly string[]): ServedProvider | undefined {
    const before = providers
    providers = new Map()
    for (const baseUrl of urls) {
      const address = addressOf(baseUrl)
      if (providers.has(address)) continue
      const known = before.get(address)
      const provider = known?.baseUrl === baseUrl ? known.provider : ollamaProvider({ baseUrl, fetch })
      providers.set(address, { baseUrl, provider })
    }
    for (const [address, server] of watched) {
      if (providers.get(address)?.baseUrl !== server.baseUrl) forget(address, server)
    }
    for (const [address, { baseUrl }] of providers) {
      if (!watched.has(address)) watched.set(address, watch(address, baseUrl))
    }
    if (providers.size === 0) return undefined
    const own = [...providers.values()].map(({ provider }) => provider)
    return pooledProvider({
      pool,
      at(address) {
        // Whoever asked before the settings changed may be sent to a server that was not there then.
        const provider = providers.get(address)?.provider
        if (provider !== undefined) return provider
        throw new OmniError("model_unavailable", `The Ollama server at ${address} was taken out of the settings.`)
      },
      catalogue: modelsOfAll(own),
      clock,
      log,
    })
  }

  return {
    serve,
    view: () => viewPool(poolPorts),
    lastView() {
      const { freshen: _look, ...unseen } = poolPorts
      return viewPool(unseen)
    },
    async stop() {
      const servers = [...watched.values()]
      await Promise.all([driving.stop(), ...servers.map((server) => server.stop()), ...leaving.values()])
    },
  }
}

/**
 * Work that is begun when somebody asks for it, one at a time. Who asks while it is under way may have come too late for
 * it: then it is done once more.
 */
function repeatedly(work: (signal: AbortSignal) => Promise<void>) {
  let isWanted = false
  let isStopped = false
  let underWay: { done: Promise<void>; end: AbortController } | undefined

  async function goOn(signal: AbortSignal): Promise<void> {
    while (isWanted && !isStopped) {
      isWanted = false
      await work(signal)
    }
    underWay = undefined
  }
  return {
    get isUnderWay() {
      return underWay !== undefined
    },
    begin(): void {
      isWanted = true
      if (underWay !== undefined || isStopped) return
      const end = new AbortController()
      underWay = { end, done: Promise.resolve() }
      underWay.done = goOn(end.signal)
    },
    async stop(): Promise<void> {
      isStopped = true
      underWay?.end.abort()
      await underWay?.done
    },
  }
}

/** As shown to people: without credentials. */
function addressOf(url: string): string {
  const { origin, pathname } = new URL(url)
  return origin + pathname.replace(/\/+$/, "")
}
