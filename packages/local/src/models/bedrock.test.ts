import { once } from "node:events"
import { createServer } from "node:http"
import type { ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import type { ModelProvider } from "@omnichat/core/model/provider"
import { afterEach, expect, it, vi } from "vitest"
import { manualClock } from "../../../../tests/support/manual-clock.ts"
import { machineBedrock } from "./bedrock.ts"

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
  vi.unstubAllEnvs()
})

/** Bedrock's control plane, whose replies a test gives. */
async function controlPlane() {
  const asked: ServerResponse[] = []
  let came = () => {}
  const server = createServer((request, response) => {
    if (request.url?.startsWith("/foundation-models") !== true) return void response.end("{}")
    asked.push(response)
    came()
  })
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  closing.push(() => {
    server.closeAllConnections()
    server.close()
  })
  vi.stubEnv("AWS_ENDPOINT_URL_BEDROCK", `http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  vi.stubEnv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "not-a-secret")
  vi.stubEnv("AWS_PROFILE", undefined)
  return {
    asked,
    /** Resolves when the list was asked for so often. */
    async askedFor(count: number): Promise<void> {
      while (asked.length < count) await new Promise<void>((resolve) => (came = resolve))
    },
  }
}

const models = {
  modelSummaries: [
    {
      modelId: "amazon.nova-lite-v1:0",
      modelName: "Nova Lite",
      outputModalities: ["TEXT"],
      inferenceTypesSupported: ["ON_DEMAND"],
    },
  ],
}

function open() {
  const clock = manualClock()
  const log = { debug() {}, info() {}, warn() {}, error() {} }
  const settings = { region: "us-east-1", profile: { file: "", name: "default" }, secrets: ["not-a-secret"] }
  const provider = machineBedrock({ clock, log, settings, region: "us-east-1" })
  const list = (from: ModelProvider = provider) => from.list(new AbortController().signal)
  const ids = async () => (await list()).map(({ id }) => id)
  return { clock, ids }
}

it("a list that takes long is waited for once, goes on by itself and is there when it has come", async () => {
  const aws = await controlPlane()
  const { clock, ids } = open()
  const first = ids()
  await aws.askedFor(1)
  clock.advance(1_800)
  await expect(first).rejects.toMatchObject({
    code: "model_unavailable",
    retryable: true,
    message: "Amazon Bedrock in us-east-1 has not said yet which models it has.",
  })
  const second = ids()
  await clock.asleep()
  clock.advance(200)
  await expect(second).rejects.toThrow("has not said yet")
  const third = ids()
  aws.asked[0]?.end(JSON.stringify(models))
  expect(await third).toEqual(["amazon.nova-lite-v1:0"])
  expect(aws.asked).toHaveLength(1)
})

it("a list that was refused is asked for again after 10 s, and its refusal holds no secret", async () => {
  const aws = await controlPlane()
  const { clock, ids } = open()
  const first = ids()
  await aws.askedFor(1)
  const refusal = { message: "no signature by not-a-secret" }
  aws.asked[0]?.writeHead(403, { "x-amzn-errortype": "AccessDeniedException" }).end(JSON.stringify(refusal))
  await expect(first).rejects.toThrow(/no signature by …\).*bedrock:ListFoundationModels/)
  clock.advance(9_999)
  await expect(ids()).rejects.toMatchObject({ retryable: false })
  expect(aws.asked).toHaveLength(1)
  clock.advance(1)
  const again = ids()
  await aws.askedFor(2)
  aws.asked[1]?.end(JSON.stringify(models))
  expect(await again).toEqual(["amazon.nova-lite-v1:0"])
})
