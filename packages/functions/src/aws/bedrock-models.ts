import { ListFoundationModelsCommand, paginateListInferenceProfiles } from "@aws-sdk/client-bedrock"
import type { BedrockClient, FoundationModelSummary, InferenceProfileSummary } from "@aws-sdk/client-bedrock"
import { modelFacts } from "@omnichat/core/model/facts"
import { listingError } from "@omnichat/core/provider/bedrock/failure"
import { baseId, unknownOutput, worldPart } from "@omnichat/core/provider/bedrock/model"
import type { BedrockModel } from "@omnichat/core/provider/bedrock/model"

/** Which of Bedrock's models are offered. */
export type Offer = {
  /** Ids, with or without their part of the world; `anthropic.*` is all that begin so. Without it, all. */
  allow?: readonly string[]
  /** Whether models are offered that answer only from anywhere in the world. Default false. */
  acrossTheWorld?: boolean
}

export type BedrockListerOptions = Offer & {
  client: BedrockClient
  region: string
  /** Epoch milliseconds. */
  now: () => number
  onStale?: (error: Error) => void
}

/** How long a list is taken for true, and how long after a failure it is not asked for again, in milliseconds. */
const maxAge = 60 * 60 * 1000
const retryAfter = 60 * 1000

/**
 * Tells which models can be chatted with from a region. Asks AWS once for all who wait and at most once an hour; when
 * AWS fails, what it had last stays. Throws OmniError where there was nothing yet, and the signal's reason.
 */
export function createBedrockLister(options: BedrockListerOptions): (signal: AbortSignal) => Promise<BedrockModel[]> {
  const { client, region, now, onStale } = options
  let last: BedrockModel[] | undefined
  let goodUntil = 0
  let underWay: Promise<BedrockModel[]> | undefined

  async function ask(): Promise<BedrockModel[]> {
    try {
      const [foundations, profiles] = await Promise.all([listFoundations(client), listProfiles(client)])
      last = chooseModels(foundations, profiles, options)
      goodUntil = now() + maxAge
      return last
    } catch (thrown) {
      const error = listingError(region, thrown)
      if (last === undefined) throw error
      onStale?.(error)
      goodUntil = now() + retryAfter
      return last
    } finally {
      underWay = undefined
    }
  }

  return (signal) => {
    if (last !== undefined && now() < goodUntil) return Promise.resolve(last)
    return beforeAbort((underWay ??= ask()), signal)
  }
}

async function listFoundations(client: BedrockClient): Promise<FoundationModelSummary[]> {
  return (await client.send(new ListFoundationModelsCommand({}))).modelSummaries ?? []
}

async function listProfiles(client: BedrockClient): Promise<InferenceProfileSummary[]> {
  const profiles: InferenceProfileSummary[] = []
  for await (const page of paginateListInferenceProfiles(
    { client, pageSize: 1000 },
    { typeEquals: "SYSTEM_DEFINED" },
  )) {
    profiles.push(...(page.inferenceProfileSummaries ?? []))
  }
  return profiles
}

/** The list goes on for others when one of those who wait leaves. */
function beforeAbort<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const leave = (): void => reject(signal.reason as Error)
    if (signal.aborted) leave()
    signal.addEventListener("abort", leave, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", leave))
  })
}

/**
 * The models that give text and are not on their way out: by their own id where the region has them, else by the profile
 * of this part of the world.
 */
export function chooseModels(
  foundations: readonly FoundationModelSummary[],
  profiles: readonly InferenceProfileSummary[],
  { region, allow, acrossTheWorld = false }: Offer & { region: string },
): BedrockModel[] {
  const known = new Map(foundations.map((each) => [each.modelId ?? "", each]))
  const reached = new Map<string, string>()
  for (const { inferenceProfileId: id, status } of profiles) {
    if (id === undefined || status !== "ACTIVE") continue
    const rank = rankOf(id, region)
    const other = reached.get(baseId(id))
    if (rank === farthest && !acrossTheWorld) continue
    if (other === undefined || rank < rankOf(other, region)) reached.set(baseId(id), id)
  }
  const bases = new Set([...known.keys(), ...reached.keys()])
  return [...bases]
    .flatMap((base) => {
      const model = known.get(base)
      const id = model?.inferenceTypesSupported?.includes("ON_DEMAND") === true ? base : reached.get(base)
      if (id === undefined || !canChat(base, model) || !isAllowed(id, allow)) return []
      return modelOf(id, base, model)
    })
    .toSorted((a, b) => a.name.localeCompare(b.name, "en") || a.id.localeCompare(b.id, "en"))
}

/** A model that the list of the region does not have is offered if the table knows what it is. */
function canChat(base: string, model: FoundationModelSummary | undefined): boolean {
  const facts = modelFacts(base)
  if (facts.chat === false) return false
  if (model === undefined) return facts.maxOutputTokens !== undefined
  const givesText = model.outputModalities?.includes("TEXT") ?? true
  return givesText && model.modelLifecycle?.status !== "LEGACY"
}

function modelOf(id: string, base: string, model: FoundationModelSummary | undefined): BedrockModel {
  const facts = modelFacts(base)
  const sees = model?.inputModalities?.includes("IMAGE") ?? false
  return {
    id,
    name: model?.modelName ?? base,
    capabilities: facts.capabilities ?? (sees ? ["images"] : []),
    maxOutputTokens: facts.maxOutputTokens ?? unknownOutput,
    ...(facts.contextLength === undefined ? {} : { contextLength: facts.contextLength }),
    ...(model?.responseStreamingSupported === false ? { streams: false } : {}),
  }
}

function isAllowed(id: string, allow: readonly string[] | undefined): boolean {
  if (allow === undefined) return true
  return allow.some((each) =>
    each.endsWith("*")
      ? id.startsWith(each.slice(0, -1)) || baseId(id).startsWith(each.slice(0, -1))
      : each === id || each === baseId(id),
  )
}

const farthest = 2

/** How far from a region a profile may answer: in its country, in its part of the world, anywhere. */
function rankOf(profile: string, region: string): number {
  const part = worldPart(profile)
  if (part === "global.") return farthest
  return part === "apac." && region.startsWith("ap-") ? 1 : 0
}
