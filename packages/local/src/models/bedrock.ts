import type { ModelEvent, ModelProvider, ModelRequest, ProviderModel } from "@omnichat/core/model/provider"
import type { ServedProvider } from "@omnichat/core/model/source"
import { describe } from "@omnichat/core/log"
import type { Log } from "@omnichat/core/log"
import { OmniError } from "@omnichat/core/protocol/error"
import type { Clock } from "@omnichat/core/store/clock"
import type { BedrockSettings } from "../bedrock-settings.ts"

type Options = { clock: Clock; log: Log; settings: BedrockSettings; region: string | undefined }

/** A list that could not be had is not asked for again for so long, in milliseconds. */
const askAgainAfter = 10_000
/** How long whoever asks for the list waits for it, and whoever comes while it is under way. The list goes on by itself. */
const patient = 1_800
const impatient = 200

/**
 * Bedrock with the credentials that this machine's environment names. AWS's clients are loaded when it is first asked,
 * so that a machine without credentials does not carry them.
 */
export function machineBedrock(options: Options): ModelProvider | ServedProvider {
  const { settings, region } = options
  const problem = settings.problem ?? (region === undefined ? noRegion : undefined)
  if (problem !== undefined || region === undefined) return unusable(problem ?? noRegion)
  const { clock } = options
  let provider: Promise<ModelProvider> | undefined
  const opened = () => (provider ??= open(region, options))
  let asking: Promise<ProviderModel[]> | undefined
  let failed: { at: number; error: unknown } | undefined

  async function ask(): Promise<ProviderModel[]> {
    try {
      return await (await opened()).list(new AbortController().signal)
    } catch (thrown) {
      failed = { at: clock.now(), error: withoutSecrets(thrown, settings.secrets) }
      throw failed.error
    } finally {
      asking = undefined
    }
  }

  async function list(signal: AbortSignal): Promise<ProviderModel[]> {
    if (failed !== undefined && clock.now() - failed.at < askAgainAfter) throw failed.error
    const patience = asking === undefined ? patient : impatient
    asking ??= ask()
    const models = await Promise.race([asking, clock.sleep(patience, signal)])
    if (models !== undefined) return models
    throw new OmniError("model_unavailable", `Amazon Bedrock in ${region} has not said yet which models it has.`)
  }

  async function* stream(request: ModelRequest, signal: AbortSignal): AsyncGenerator<ModelEvent, void, undefined> {
    try {
      yield* (await opened()).stream(request, signal)
    } catch (thrown) {
      throw withoutSecrets(thrown, settings.secrets)
    }
  }

  return { id: "bedrock", servers: [{ address: region, list }], list, stream }
}

const noRegion =
  "There are AWS credentials, and no region for Amazon Bedrock. Start OmniChat with AWS_REGION, such as " +
  "AWS_REGION=us-east-1, or with OMNICHAT_BEDROCK=0 to leave Bedrock out."

/** Says at each question why it has no answer. */
function unusable(problem: string): ModelProvider {
  const refuse = () => new OmniError("model_unavailable", problem, { retryable: false })
  return {
    id: "bedrock",
    list: () => Promise.reject(refuse()),
    stream() {
      throw refuse()
    },
  }
}

async function open(region: string, { settings, clock, log }: Options): Promise<ModelProvider> {
  // The SDK tells at a terminal which Node its later versions will want; ours is the one that is installed.
  process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true"
  const [{ createBedrock }, { bedrockProvider }] = await Promise.all([
    import("@omnichat/functions/aws/bedrock"),
    import("@omnichat/core/provider/bedrock/provider"),
  ])
  const { allow, secrets } = settings
  const bedrock = createBedrock({
    region,
    now: clock.now,
    onStale: (error) => log.warn("bedrock-list-stale", { error: describe(withoutSecrets(error, secrets)) }),
    // Who names a model that answers from anywhere knows that it does.
    ...(allow !== undefined && { allow, acrossTheWorld: allow.some((id) => id.startsWith("global.")) }),
  })
  return bedrockProvider({
    ...bedrock,
    patience: { clock },
    onFallback: (from, to) => log.info("bedrock-fallback", { from, to }),
  })
}

/** The error without what AWS may quote of a request: its refusal of a signature repeats what was signed. */
function withoutSecrets(thrown: unknown, secrets: readonly string[]): unknown {
  if (!(thrown instanceof OmniError) || !secrets.some((secret) => thrown.message.includes(secret))) return thrown
  const message = secrets.reduce((text, secret) => text.replaceAll(secret, "…"), thrown.message)
  const { code, retryable, retryAfterMs } = thrown
  return new OmniError(code, message, { retryable, ...(retryAfterMs !== undefined && { retryAfterMs }) })
}
