import { createBedrock } from "@omnichat/functions/aws/bedrock"
import type { BedrockSettings } from "@omnichat/functions/aws/bedrock"
import { bedrockProvider } from "@omnichat/core/provider/bedrock/provider"
import { afterEach, beforeEach, expect, test, vi } from "vitest"
import { startBedrockStandIn } from "../support/bedrock-stand-in.ts"
import type { BedrockStandIn } from "../support/bedrock-stand-in.ts"
import { closedAddress } from "../support/model-server.ts"
import { testCredentials } from "../support/sigv4.ts"
import { ask, collect, textOf } from "./collect.ts"

/** Which models Bedrock has, asked of its control plane through AWS's own client. */

type Model = {
  types?: string[]
  output?: string[]
  input?: string[]
  status?: string
  streams?: boolean
  name?: string
}
const foundation = (modelId: string, model: Model = {}) => ({
  modelArn: `arn:aws:bedrock:eu-central-1::foundation-model/${modelId}`,
  modelId,
  modelName: model.name ?? modelId,
  inputModalities: model.input ?? ["TEXT"],
  outputModalities: model.output ?? ["TEXT"],
  inferenceTypesSupported: model.types ?? ["ON_DEMAND"],
  modelLifecycle: { status: model.status ?? "ACTIVE" },
  responseStreamingSupported: model.streams ?? true,
})
const profile = (inferenceProfileId: string, status = "ACTIVE") => ({
  inferenceProfileId,
  inferenceProfileName: inferenceProfileId,
  inferenceProfileArn: `arn:aws:bedrock:eu-central-1:123456789012:inference-profile/${inferenceProfileId}`,
  models: [],
  status,
  type: "SYSTEM_DEFINED",
})
const byProfile = { types: ["INFERENCE_PROFILE"] }
const sonnet = "anthropic.claude-sonnet-4-5-20250929-v1:0"

let server: BedrockStandIn
beforeEach(async () => {
  server = await startBedrockStandIn({
    models: [{ id: `eu.${sonnet}`, text: "Hello." }],
    foundations: [
      foundation("amazon.nova-lite-v1:0", {
        name: "Nova Lite",
        types: ["ON_DEMAND", "INFERENCE_PROFILE"],
        input: ["TEXT", "IMAGE"],
      }),
      foundation("amazon.nova-lite-v1:0:24k", { types: ["PROVISIONED"] }),
      foundation(sonnet, { ...byProfile, name: "Claude Sonnet 4.5" }),
      foundation("anthropic.claude-opus-5-5", { ...byProfile, name: "Claude Opus 5.5" }),
      foundation("anthropic.claude-3-sonnet-20240229-v1:0", { status: "LEGACY" }),
      foundation("amazon.titan-embed-text-v2:0", { output: ["EMBEDDING"] }),
      foundation("cohere.rerank-v3-5:0"),
      foundation("stability.sd3-5-large-v1:0", { output: ["IMAGE"] }),
      foundation("newvendor.vision-v1:0", { name: "New Vision", input: ["TEXT", "IMAGE"], streams: false }),
    ],
    profiles: [
      [profile("us.amazon.nova-pro-v1:0", "INACTIVE"), profile(`eu.${sonnet}`), profile("eu.amazon.nova-lite-v1:0")],
      [profile(`global.${sonnet}`), profile("global.anthropic.claude-opus-5-5"), profile("eu.stability.image-v1:0")],
    ],
  })
})
afterEach(() => server.close())

const bedrock = (settings: Partial<BedrockSettings> = {}) =>
  createBedrock({ region: "eu-central-1", credentials: testCredentials, endpoint: server.url, ...settings })
const idsOf = async (settings: Partial<BedrockSettings> = {}) =>
  (await bedrock(settings).models(new AbortController().signal)).map(({ id }) => id)
const waiting = () => new AbortController().signal

test("lists what can be chatted with here: by its own id, or by the profile of this part of the world", async () => {
  expect(await idsOf()).toEqual([`eu.${sonnet}`, "newvendor.vision-v1:0", "amazon.nova-lite-v1:0"])
  expect(await idsOf({ acrossTheWorld: true })).toEqual([
    "global.anthropic.claude-opus-5-5",
    `eu.${sonnet}`,
    "newvendor.vision-v1:0",
    "amazon.nova-lite-v1:0",
  ])
})

test.each([
  [["amazon.*"], ["amazon.nova-lite-v1:0"]],
  [[sonnet], [`eu.${sonnet}`]],
  [[`eu.${sonnet}`, "nobody.knows"], [`eu.${sonnet}`]],
  [[], []],
])("narrowed to %j it lists %j", async (allow, expected) => {
  expect(await idsOf({ allow })).toEqual(expected)
})

test("tells what the table knows of a model, and what is safe of one it does not know", async () => {
  const list = await bedrockProvider(bedrock()).list(waiting())
  expect(list).toEqual([
    {
      id: `eu.${sonnet}`,
      name: "Claude Sonnet 4.5",
      capabilities: ["images", "tools", "reasoning"],
      contextLength: 200_000,
      outputPrice: 16.5,
    },
    { id: "newvendor.vision-v1:0", name: "New Vision", capabilities: ["images"] },
    {
      id: "amazon.nova-lite-v1:0",
      name: "Nova Lite",
      capabilities: ["images", "tools"],
      contextLength: 300_000,
      outputPrice: 0.24,
    },
  ])
  expect(await bedrock().models(waiting())).toContainEqual(
    expect.objectContaining({ id: "newvendor.vision-v1:0", maxOutputTokens: 4096, streams: false }),
  )
})

test("chats with what it has listed", async () => {
  const provider = bedrockProvider(bedrock())
  const { events, error } = await collect(provider, { model: `eu.${sonnet}`, messages: ask("Hi"), params: {} })
  expect([error, textOf(events)]).toEqual([undefined, "Hello."])
})

test("asks once for all who wait, keeps the list for an hour, and keeps the last one when AWS fails", async () => {
  let now = 0
  const stale: string[] = []
  const { models } = bedrock({ now: () => now, onStale: ({ message }) => stale.push(message) })
  const asked = () => server.requests.filter(({ path }) => path.startsWith("/foundation-models")).length
  const [first, second] = await Promise.all([models(waiting()), models(waiting())])
  expect(second).toBe(first)
  now = 59 * 60_000
  await models(waiting())
  expect(asked()).toBe(1)
  now = 61 * 60_000
  server.lists.refusal = "AccessDeniedException"
  expect(await models(waiting())).toBe(first)
  expect(await models(waiting())).toBe(first)
  expect([asked(), stale.length]).toEqual([2, 1])
  delete server.lists.refusal
  now += 61_000
  expect(await models(waiting())).toEqual(first)
  expect(asked()).toBe(3)
})

test("who leaves does not end the asking of the others", async () => {
  const { models } = bedrock()
  const leaving = new AbortController()
  const left = models(leaving.signal)
  const stayed = models(waiting())
  leaving.abort(new Error("left"))
  await expect(left).rejects.toThrow("left")
  expect(await stayed).toHaveLength(3)
})

test.each([
  [
    "AccessDeniedException",
    /Bedrock in eu-central-1 does not tell this service which models it has .*ListInferenceProfiles/,
  ],
  ["ExpiredTokenException", /credentials of this service have expired .*aws sso login/],
  ["UnrecognizedClientException", /does not take this service's credentials/],
])("says what is missing and what to do about %s", async (refusal, words) => {
  server.lists.refusal = refusal
  await expect(bedrock().models(waiting())).rejects.toMatchObject({
    code: "model_unavailable",
    retryable: false,
    message: expect.stringMatching(words) as string,
  })
})

test("says that there are no credentials, and that nobody answers", async () => {
  vi.stubEnv("AWS_EC2_METADATA_DISABLED", "true")
  vi.stubEnv("AWS_CONFIG_FILE", "/nowhere")
  vi.stubEnv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere")
  vi.stubEnv("AWS_ACCESS_KEY_ID", undefined)
  const alone = createBedrock({ region: "eu-central-1", endpoint: server.url })
  await expect(alone.models(waiting())).rejects.toThrow(/has no AWS credentials .*aws sso login/)
  vi.unstubAllEnvs()
  await expect(bedrock({ endpoint: await closedAddress() }).models(waiting())).rejects.toThrow(
    /Bedrock in eu-central-1 does not answer/,
  )
})
