import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Message, ModelList } from "@omnichat/core/protocol/http"
import { newId } from "@omnichat/core/protocol/id"
import type { PoolView } from "@omnichat/core/protocol/pool"
import type { SettingsView, SourceList } from "@omnichat/core/protocol/settings"
import { createLog } from "@omnichat/functions/log"
import { startServer } from "@omnichat/local/server"
import { readSettings } from "@omnichat/local/settings"
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest"
import { startBedrockStandIn } from "../support/bedrock-stand-in.ts"
import type { BedrockModel, BedrockStandIn } from "../support/bedrock-stand-in.ts"
import { startOllamaStandIn } from "../support/ollama-stand-in.ts"
import type { OllamaStandIn } from "../support/ollama-stand-in.ts"
import { testCredentials } from "../support/sigv4.ts"
import { sqliteThread } from "../support/sqlite-thread.ts"

/** One machine with AWS credentials in its environment: the real server, AWS's own clients, stand-ins on the wire. */

const token = "IQoJb3JpZ2luX2VjEXAMPLE//session//token"
const secrets = [testCredentials.secretAccessKey, token]
const credentials = {
  AWS_ACCESS_KEY_ID: testCredentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: testCredentials.secretAccessKey,
  AWS_SESSION_TOKEN: token,
  AWS_REGION: "us-east-1",
}
const spent = { status: 429, exception: "ServiceQuotaExceededException" }
const bedrockModels: BedrockModel[] = [
  { id: "amazon.nova-lite-v1:0" },
  { id: "cohere.command-r-plus-v1:0", ...spent },
  { id: "cohere.command-r-v1:0", text: "In its stead." },
  { id: "mistral.quota-v1:0", ...spent },
  { id: "mistral.dies-v1:0", fault: "die", text: "Half of an answer, and then no more of it." },
  {
    id: "mistral.denied-v1:0",
    status: 403,
    refusal: "You don't have access to the model with the specified model ID.",
  },
  { id: "mistral.signed-v1:0", status: 403, exception: "InvalidSignatureException", refusal: `it was signed ${token}` },
]
const foundation = ({ id }: BedrockModel) => ({
  modelId: id,
  modelArn: `arn:aws:bedrock:us-east-1::foundation-model/${id}`,
  modelName: id,
  inputModalities: ["TEXT"],
  outputModalities: ["TEXT"],
  responseStreamingSupported: true,
  inferenceTypesSupported: ["ON_DEMAND"],
  modelLifecycle: { status: "ACTIVE" },
})
const aliases = [
  {
    id: "local-first",
    name: "Here, else Bedrock",
    targets: [{ model: "ollama/busy:latest", waitAtMostSeconds: 2 }, "bedrock/amazon.nova-lite-v1:0"],
  },
  { id: "cloud-first", targets: ["bedrock/mistral.quota-v1:0", "ollama/echo:latest"] },
  { id: "breaks", targets: ["bedrock/mistral.dies-v1:0", "ollama/echo:latest"] },
]

let bedrock: BedrockStandIn
let ollama: OllamaStandIn
const closing: (() => unknown)[] = []
beforeAll(async () => {
  bedrock = await startBedrockStandIn({ models: bedrockModels, foundations: bedrockModels.map(foundation) })
  ollama = await startOllamaStandIn({
    models: [
      { name: "echo:latest", loaded: true },
      { name: "busy:latest", loaded: true, holdAfter: 1 },
    ],
  })
})
afterEach(async () => {
  delete bedrock.lists.refusal
  ollama.release()
  for (const close of closing.splice(0).toReversed()) await close()
  vi.unstubAllEnvs()
})
afterAll(async () => {
  await bedrock.close()
  await ollama.close()
})

/** The server as its environment says. AWS's clients read that by themselves, so it is this process's for as long. */
async function start(more: Record<string, string | undefined> = {}) {
  const folder = mkdtempSync(join(tmpdir(), "omnichat-hybrid-"))
  const environment: Record<string, string | undefined> = {
    AWS_PROFILE: undefined,
    AWS_DEFAULT_REGION: undefined,
    AWS_CONFIG_FILE: join(folder, "no-config"),
    AWS_SHARED_CREDENTIALS_FILE: join(folder, "no-credentials"),
    AWS_ENDPOINT_URL_BEDROCK: bedrock.url,
    AWS_ENDPOINT_URL_BEDROCK_RUNTIME: bedrock.url,
    OMNICHAT_DATA: folder,
    OLLAMA_URLS: ollama.url,
    ...credentials,
    ...more,
  }
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value)
  const lines: string[] = []
  const settings = readSettings(environment, { terminal: false, screen: false })
  const server = await startServer(
    { ...settings, port: 0 },
    { webFolder: join(folder, "no-web-build"), threadEntry: sqliteThread(), version: "0.0.0-test" },
    createLog("debug", (line) => void lines.push(line)),
  )
  closing.push(async () => {
    await server.close()
    rmSync(folder, { recursive: true })
  })
  const read = async <T>(path: string): Promise<T> => (await (await fetch(server.url + path)).json()) as T
  const ids = async () => (await read<ModelList>("/api/models")).models.map(({ id }) => id)
  return {
    log: () => lines.join(""),
    read,
    ids,
    /** The list once Bedrock is in it: the first one does not wait for AWS. */
    async idsWithBedrock(): Promise<string[]> {
      for (;;) {
        const list = await ids()
        if (list.some((id) => id.startsWith("bedrock/"))) return list
      }
    },
    source: async () => (await read<SourceList>("/api/sources")).sources.find(({ provider }) => provider === "bedrock"),
    /** Asks a model; `answer` resolves when it has ended. */
    async ask(model: string) {
      const runId = newId("run", Date.now())
      const response = await fetch(`${server.url}/api/runs`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ runId, model, message: { parts: [{ type: "text", text: "Why?" }] } }),
      })
      const ack = (await response.json()) as { chatId: string }
      expect([response.status, ack]).toMatchObject([202, {}])
      return {
        async answer(): Promise<{ message: Message; text: string; events: string }> {
          const events = await (await fetch(`${server.url}/api/runs/${runId}/events`)).text()
          const { messages } = await read<{ messages: Message[] }>(`/api/chats/${ack.chatId}/messages`)
          const [message] = messages
          if (message === undefined) throw new Error("nothing is stored")
          const text = message.parts.map((part) => (part.type === "text" ? part.text : "")).join("")
          return { message, text, events }
        },
      }
    },
  }
}

describe("with AWS credentials in the environment", () => {
  it("Bedrock's models are listed after the others, and chat", async () => {
    const server = await start({ OMNICHAT_ALIASES: JSON.stringify(aliases) })
    expect(await server.idsWithBedrock()).toEqual([
      "auto/local-first",
      "auto/cloud-first",
      "auto/breaks",
      "ollama/echo:latest",
      "ollama/busy:latest",
      ...bedrockModels.map(({ id }) => `bedrock/${id}`).toSorted(),
    ])
    expect(await server.source()).toMatchObject({ address: "us-east-1", state: "found" })
    expect(await server.read<SettingsView>("/api/settings")).toMatchObject({
      bedrock: { region: "us-east-1" },
      aliases: [{ id: "local-first", name: "Here, else Bedrock" }, { name: "cloud-first" }, {}],
    })
    const { message, text } = await (await server.ask("bedrock/amazon.nova-lite-v1:0")).answer()
    expect([message.status, text]).toEqual(["complete", "You said: Why? (messages: 1)"])
  })

  it("a model that has no more quota is answered for by the one that the table names", async () => {
    const server = await start()
    const { message, text } = await (await server.ask("bedrock/cohere.command-r-plus-v1:0")).answer()
    expect([message.status, text]).toEqual(["complete", "In its stead."])
    expect(server.log()).toContain('"event":"bedrock-fallback"')
  })

  it("an alias goes to Bedrock when the wait for Ollama would be too long, and back when Bedrock has no time", async () => {
    const server = await start({ OLLAMA_NUM_PARALLEL: "1", OMNICHAT_ALIASES: JSON.stringify(aliases) })
    const first = await server.ask("auto/local-first")
    await ollama.held()
    const second = await (await server.ask("auto/local-first")).answer()
    expect([second.message.status, second.text]).toEqual(["complete", "You said: Why? (messages: 1)"])
    expect(second.message.model).toBe("auto/local-first")
    ollama.release()
    expect((await first.answer()).message.status).toBe("complete")
    expect(bedrock.count("/model/amazon.nova-lite-v1%3A0/converse-stream")).toBeGreaterThan(0)
    const back = await (await server.ask("auto/cloud-first")).answer()
    expect([back.message.status, back.text]).toEqual(["complete", "You said: Why? (messages: 1)"])
    expect(server.log().match(/"event":"alias-passed-on"/g)).toHaveLength(2)
  })

  it("an alias whose wait is short enough stands in Ollama's line, and is answered when its turn comes", async () => {
    const patient = [{ id: "patient", targets: [{ model: "ollama/busy", waitAtMostSeconds: 600 }, "ollama/echo"] }]
    const server = await start({ OLLAMA_NUM_PARALLEL: "1", OMNICHAT_ALIASES: JSON.stringify(patient) })
    const first = await server.ask("ollama/busy")
    await ollama.held()
    const asked = ollama.count("/api/chat")
    const second = (await server.ask("auto/patient")).answer()
    await expect
      .poll(async () => (await server.read<PoolView>("/api/pool")).waiting.length, { timeout: 30_000 })
      .toBe(1)
    expect(ollama.count("/api/chat")).toBe(asked)
    ollama.release()
    expect((await first.answer()).message.status).toBe("complete")
    await ollama.received("/api/chat", asked + 1)
    await ollama.held()
    ollama.release()
    const { message, events } = await second
    expect(message.status).toBe("complete")
    expect(events).toContain('"type":"data-queue"')
  })

  it("an alias asks nobody else once something was said", async () => {
    const server = await start({ OMNICHAT_ALIASES: JSON.stringify(aliases) })
    const before = ollama.count("/api/chat")
    const { message, text } = await (await server.ask("auto/breaks")).answer()
    expect([message.status, message.error?.code]).toEqual(["failed", "upstream_failed"])
    expect(text).not.toBe("")
    expect(ollama.count("/api/chat")).toBe(before)
  })

  it("only the models that are named are offered", async () => {
    const server = await start({ OMNICHAT_BEDROCK_MODELS: "amazon.*, cohere.command-r-v1:0" })
    const offered = (await server.idsWithBedrock()).filter((id) => id.startsWith("bedrock/"))
    expect(offered).toEqual(["bedrock/amazon.nova-lite-v1:0", "bedrock/cohere.command-r-v1:0"])
  })

  it("no secret is in a log, a setting or an answer, whatever AWS quotes", async () => {
    const server = await start()
    const { message, events } = await (await server.ask("bedrock/mistral.signed-v1:0")).answer()
    expect(message.error?.message).toMatch(/it was signed …/)
    const seen = [events, message, server.log(), await server.read("/api/settings"), await server.source()]
    for (const secret of secrets) expect(JSON.stringify(seen)).not.toContain(secret)
  })
})

describe("without access", () => {
  it("to a model, its answer says what to open and what to allow", async () => {
    const server = await start()
    const { message } = await (await server.ask("bedrock/mistral.denied-v1:0")).answer()
    expect(message).toMatchObject({ status: "failed", error: { code: "model_unavailable", retryable: false } })
    expect(message.error?.message).toMatch(/model catalogue.*bedrock:InvokeModelWithResponseStream/)
  })

  it.each([
    ["permission", "AccessDeniedException", /Allow .* bedrock:ListFoundationModels and bedrock:ListInferenceProfiles/],
    ["valid credentials", "ExpiredTokenException", /credentials .* have expired .* renew/],
    ["known credentials", "UnrecognizedClientException", /does not take .* credentials/],
  ])("for want of %s the source says so, and Ollama's models are there all the same", async (_what, refusal, words) => {
    bedrock.lists.refusal = refusal
    const server = await start()
    expect(await server.source()).toMatchObject({ state: "wrong", error: expect.stringMatching(words) as string })
    expect(await server.ids()).toEqual(["ollama/echo:latest", "ollama/busy:latest"])
  })

  it.each<[string, Record<string, string | undefined>, RegExp]>([
    ["a region", { AWS_REGION: undefined }, /no region for Amazon Bedrock.* AWS_REGION=us-east-1/],
    ["a real region", { AWS_REGION: "US East" }, /AWS_REGION is "US East"/],
    ["half of the key", { AWS_SECRET_ACCESS_KEY: undefined }, /AWS_SECRET_ACCESS_KEY is not/],
  ])("for want of %s it says what to set, and AWS is not asked", async (_what, environment, words) => {
    const asked = bedrock.requests.length
    const server = await start(environment)
    expect(await server.source()).toMatchObject({ state: "wrong", error: expect.stringMatching(words) as string })
    expect(bedrock.requests.length).toBe(asked)
  })
})

describe("without credentials, or without the wish", () => {
  it.each<[string, Record<string, string | undefined>]>([
    [
      "no credentials",
      { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined, AWS_SESSION_TOKEN: undefined },
    ],
    ["OMNICHAT_BEDROCK=0", { OMNICHAT_BEDROCK: "0" }],
  ])("%s: nothing is said of Bedrock, and nothing is asked of it", async (_what, environment) => {
    const asked = bedrock.requests.length
    const server = await start(environment)
    expect(await server.ids()).toEqual(["ollama/echo:latest", "ollama/busy:latest"])
    expect(await server.source()).toBeUndefined()
    expect(await server.read<SettingsView>("/api/settings")).not.toHaveProperty("bedrock")
    expect(bedrock.requests.length).toBe(asked)
  })
})
