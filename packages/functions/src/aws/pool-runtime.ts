import { InvokeCommand } from "@aws-sdk/client-lambda"
import type { LambdaClient } from "@aws-sdk/client-lambda"
import { askInOrder } from "@omnichat/core/model/in-order"
import type { Models } from "@omnichat/core/model/models"
import type { ModelProvider, ProviderFetch } from "@omnichat/core/model/provider"
import type { ServedProvider } from "@omnichat/core/model/source"
import { Pool } from "@omnichat/core/pool/pool"
import type { PoolPorts } from "@omnichat/core/pool/ports"
import { pooledProvider } from "@omnichat/core/pool/provider"
import { defaultPoolSettings } from "@omnichat/core/pool/settings"
import type { Ports } from "@omnichat/core/ports"
import { ollamaProvider } from "@omnichat/core/provider/ollama/provider"
import type { PoolEnvironment } from "./pool-variables.ts"

export type PoolRuntime = { ports: PoolPorts; provider: ModelProvider }

type Options = {
  ports: Pick<Ports, "table" | "clock" | "log" | "metrics" | "wake">
  lambda: Pick<LambdaClient, "send">
  /** The way to a server, for a function that asks models. */
  fetchFrom: ((address: string) => ProviderFetch) | undefined
  /** Where the fallback is found. */
  models: () => Pick<Models, "find">
}

/** The pool of GPU servers on AWS: its state in the one table, its line driven by a function of its own. */
export function openPool(environment: PoolEnvironment, { ports, lambda, fetchFrom, models }: Options): PoolRuntime {
  const { poolFunction: FunctionName, most, idleMinutes, parallel, startSeconds, fallback } = environment
  const poolPorts: PoolPorts = {
    ...ports,
    settings: { ...defaultPoolSettings, parallel, idleFor: idleMinutes * 60_000, startMs: startSeconds * 1000 },
    sizes: new Map(environment.models.map(({ name, bytes }) => [name, bytes])),
    most,
    // One of all who are called drives; the others see it and end.
    async drive() {
      await lambda.send(new InvokeCommand({ FunctionName, InvocationType: "Event", Payload: Buffer.from("{}") }))
    },
  }
  /** By address: each keeps the facts of its models. */
  const servers = new Map<string, ModelProvider>()
  const provider = pooledProvider({
    pool: new Pool(poolPorts),
    at(address) {
      if (fetchFrom === undefined) throw new Error("this function was not made to ask models")
      const server = servers.get(address) ?? ollamaProvider({ baseUrl: address, fetch: fetchFrom(address) })
      servers.set(address, server)
      return server
    },
    catalogue: offered(environment),
    clock: ports.clock,
    log: ports.log,
  })
  return { ports: poolPorts, provider: fallback === undefined ? provider : withFallback(provider, fallback, models) }
}

/** The models that may be asked for, whether or not a server runs. */
function offered({ models }: PoolEnvironment): Pick<ServedProvider, "servers" | "list"> {
  const list = () =>
    Promise.resolve(models.map(({ name, bytes }) => ({ id: name, name, capabilities: [], sizeBytes: bytes })))
  return { servers: [{ address: "GPU pool", list }], list }
}

function withFallback(
  provider: ServedProvider,
  { model, afterSeconds }: NonNullable<PoolEnvironment["fallback"]>,
  models: () => Pick<Models, "find">,
): ServedProvider {
  return {
    ...provider,
    stream(request, signal) {
      const own = { find: () => Promise.resolve({ name: request.model, provider }), waitAtMost: afterSeconds * 1000 }
      return askInOrder([own, { find: () => models().find(model) }], request, signal)
    },
  }
}
