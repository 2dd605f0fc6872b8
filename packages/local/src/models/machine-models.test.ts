import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, describe, expect, it } from "vitest"
import { startOllamaStandIn } from "../../../../tests/support/ollama-stand-in.ts"
import { startOpenaiStandIn } from "../../../../tests/support/openai-stand-in.ts"
import { asJson, nobody, startLocalServer } from "../../test/server.ts"
import type { LocalServer } from "../../test/server.ts"
import type { Settings } from "../settings.ts"

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

/** A server whose environment leaves the model sources open. */
async function start(settings: Partial<Settings> = {}): Promise<LocalServer> {
  const server = await startLocalServer(settings, { openSources: true })
  closing.push(() => server.close())
  return server
}
function newFolder(): string {
  const path = mkdtempSync(join(tmpdir(), "omnichat-models-"))
  closing.push(() => rmSync(path, { recursive: true }))
  return path
}
const patch = (server: LocalServer, body: object) => server.json("/api/settings", asJson("PATCH", body))
const modelsOf = async (server: LocalServer): Promise<string[]> => {
  const { body } = await server.json("/api/models")
  return (body as { models: { id: string }[] }).models.map(({ id }) => id)
}

describe("settings in the app", () => {
  it("begin with what is usual", async () => {
    const server = await start()
    expect((await server.json("/api/settings")).body).toEqual({
      ollamaUrls: { value: ["http://127.0.0.1:11434"], fixed: false },
      openaiBaseUrl: { value: null, fixed: false },
      openaiApiKey: { set: false, fixed: false },
      defaultModel: { value: null, fixed: false },
      demo: { value: false, fixed: false },
      data: { folder: server.dataFolder },
      version: "0.0.0-test",
    })
  })

  it("take effect at once, and last", async () => {
    const ollama = await startOllamaStandIn()
    const openai = await startOpenaiStandIn()
    closing.push(
      () => ollama.close(),
      () => openai.close(),
    )
    const dataFolder = newFolder()
    const first = await startLocalServer({ dataFolder }, { openSources: true })
    await patch(first, { ollamaUrls: [nobody] })
    expect(await modelsOf(first)).toEqual(["demo/tour"])
    const changed = await patch(first, {
      ollamaUrls: [`${ollama.url}/`],
      openaiBaseUrl: openai.baseUrl,
      openaiApiKey: "sk-secret",
      defaultModel: "ollama/echo:latest",
      demo: true,
    })
    expect(changed.status).toBe(200)
    expect(changed.body).toMatchObject({ ollamaUrls: { value: [ollama.url] }, openaiApiKey: { set: true } })
    const models = await modelsOf(first)
    expect(models).toEqual(expect.arrayContaining(["ollama/echo:latest", "demo/tour"]))
    expect(models.some((id) => id.startsWith("openai/"))).toBe(true)
    expect(openai.requests.at(-1)?.headers.authorization).toBe("Bearer sk-secret")
    await first.close()
    const second = await startLocalServer({ dataFolder }, { openSources: true })
    closing.push(() => second.close())
    expect((await second.json("/api/settings")).body).toEqual(changed.body)
    expect(await modelsOf(second)).toEqual(models)
    expect(JSON.stringify([changed.body, (await second.json("/api/sources")).body, second.log])).not.toContain(
      "sk-secret",
    )
  })

  it("are taken away by null, and a key goes with its server", async () => {
    const server = await start()
    await patch(server, { openaiBaseUrl: nobody, openaiApiKey: "sk-1", defaultModel: "demo/tour" })
    expect((await patch(server, { openaiBaseUrl: nobody })).body).toMatchObject({ openaiApiKey: { set: true } })
    expect((await patch(server, { openaiBaseUrl: "http://127.0.0.1:10" })).body).toMatchObject({
      openaiApiKey: { set: false },
    })
    const away = await patch(server, { openaiBaseUrl: null, defaultModel: null })
    expect(away.body).toMatchObject({ openaiBaseUrl: { value: null }, defaultModel: { value: null } })
    expect((await patch(server, { ollamaUrls: [] })).body).toMatchObject({ ollamaUrls: { value: [] } })
  })

  it("are changed one after the other", async () => {
    const server = await start()
    const urls = Array.from({ length: 10 }, (_, index) => `http://127.0.0.1:${index + 1}`)
    await Promise.all([
      ...urls.map((url) => patch(server, { ollamaUrls: [url] })),
      patch(server, { demo: true }),
      patch(server, { defaultModel: "x/y" }),
    ])
    expect((await server.json("/api/settings")).body).toMatchObject({
      demo: { value: true },
      defaultModel: { value: "x/y" },
    })
  })

  it("cannot change what the environment decides, and hide its secrets", async () => {
    const server = await start({
      ollamaUrls: ["http://me:secret@127.0.0.1:9/proxy"],
      openaiBaseUrl: nobody,
      openaiApiKey: "sk-env",
      demo: false,
    })
    const view = await server.json("/api/settings")
    expect(view.body).toMatchObject({
      ollamaUrls: { value: ["http://127.0.0.1:9/proxy"], fixed: true },
      openaiBaseUrl: { value: nobody, fixed: true },
      openaiApiKey: { set: true, fixed: true },
      demo: { value: false, fixed: true },
    })
    expect(JSON.stringify([view.body, (await server.json("/api/sources")).body])).not.toMatch(/secret|sk-env/)
    for (const [body, variable] of [
      [{ ollamaUrls: [] }, "OLLAMA_URLS"],
      [{ openaiBaseUrl: null }, "OPENAI_BASE_URL"],
      [{ openaiApiKey: "x" }, "OPENAI_API_KEY"],
      [{ demo: true }, "OMNICHAT_DEMO"],
    ] as const) {
      const refused = await patch(server, { defaultModel: "demo/tour", ...body })
      expect(refused).toMatchObject({ status: 409, body: { error: { code: "conflict" } } })
      expect(JSON.stringify(refused.body)).toContain(variable)
    }
    expect((await server.json("/api/settings")).body).toEqual(view.body)
  })

  it("take nothing that is no such setting", async () => {
    const server = await start()
    const wrong = [
      { ollamaUrls: "http://x" },
      { ollamaUrls: ["http://user:password@x"] },
      { ollamaUrls: ["file:///etc/passwd"] },
      { ollamaUrls: ["http://x/?a=1"] },
      { ollamaUrls: Array.from({ length: 17 }, () => "http://x") },
      { openaiBaseUrl: "" },
      { openaiApiKey: "  " },
      { defaultModel: "" },
      { demo: 1 },
      { data: { folder: "/" } },
      { version: "2" },
    ]
    for (const body of wrong) expect([body, (await patch(server, body)).status]).toEqual([body, 400])
  })
})

describe("sources", () => {
  it("are found while the server runs", async () => {
    const ollama = await startOllamaStandIn()
    const { url } = ollama
    await ollama.close()
    const server = await start({ ollamaUrls: [url] })
    expect((await server.json("/api/sources")).body).toMatchObject({
      sources: [
        { provider: "ollama", address: url, state: "silent" },
        { provider: "openai", state: "unset" },
        { provider: "demo" },
      ],
    })
    const again = await startOllamaStandIn({ port: Number(new URL(url).port) })
    closing.push(() => again.close())
    const states = async () =>
      (
        (await server.json("/api/sources")).body as {
          sources: { provider: string; state: string; models: unknown[] }[]
        }
      ).sources
    // one check serves the calls of a second
    while ((await states())[0]?.state !== "found");
    expect((await states())[0]).toMatchObject({
      state: "found",
      models: expect.arrayContaining([{ id: "ollama/echo:latest", sizeBytes: 2_019_393_189, loaded: true }]) as unknown,
    })
  })
})
