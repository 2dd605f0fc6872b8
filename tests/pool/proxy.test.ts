import { InvokeWithResponseStreamCommand } from "@aws-sdk/client-lambda"
import type { ModelRequest } from "@omnichat/core/model/provider"
import { openCall } from "@omnichat/functions/aws/pool-call"
import { afterEach, beforeEach, describe, expect, test } from "vitest"
import { ask, collect, textOf } from "../provider/collect.ts"
import { closedAddress, startModelServer } from "../support/model-server.ts"
import { faultyModels, startOllamaStandIn, usualModels } from "../support/ollama-stand-in.ts"
import type { OllamaStandIn } from "../support/ollama-stand-in.ts"
import { startProxyScene } from "./proxy-scene.ts"
import type { ProxyScene } from "./proxy-scene.ts"

let standIn: OllamaStandIn
let scene: ProxyScene
beforeEach(async () => {
  standIn = await startOllamaStandIn({ models: [...usualModels, ...faultyModels] })
  scene = await startProxyScene({ address: standIn.url })
})
afterEach(async () => {
  await scene.close()
  await standIn.close()
})

const signal = new AbortController().signal
const answer = (model: string, more: Partial<ModelRequest> = {}, stop = signal) =>
  collect(scene.provider, { model, messages: ask("Why?"), params: {}, ...more }, stop)

/** The proxy looks after its caller twice a second: so many looks more. */
async function looks(count: number, { proxys } = scene): Promise<void> {
  for (let look = 0; look < count; look += 1) {
    const before = proxys.waited(500)
    proxys.advance(500)
    await proxys.waits(500, before + 1)
  }
}

/** So much time passes, and the caller gives its signs. */
async function passes(ms: number, there = scene): Promise<void> {
  for (let left = ms; left > 0; left -= 2000) {
    const before = there.callers.waited(2000)
    there.callers.advance(2000)
    await there.callers.waits(2000, before + 1)
    await looks(4, there)
  }
}

describe("an answer through the proxy", () => {
  test("is what the server says, however it is cut on its way", async () => {
    scene.invoker.faults.bytesPerEvent = 1
    const { events } = await answer("split")
    expect(textOf(events)).toBe(faultyModels.find(({ name }) => name === "split:latest")?.text)
    expect(events.at(-1)).toMatchObject({ type: "finish" })
  })

  test("comes as it is said, not when it is whole", async () => {
    const seen: string[] = []
    const request = { model: "silent", messages: ask("Why is the sky blue?"), params: {} }
    for await (const event of scene.provider.stream(request, signal)) {
      seen.push(textOf([event]))
      if (seen.join("").length !== 21) continue
      await standIn.held()
      standIn.release()
    }
    expect(seen.join("")).toBe("You said: Why is the sky blue? (messages: 1)")
  })

  test("has the server's own refusals", async () => {
    expect((await answer("unknown")).error).toMatchObject({ code: "model_not_found" })
    expect((await answer("status-503")).error).toMatchObject({ code: "model_unavailable" })
    expect((await answer("status-500")).error).toMatchObject({ code: "upstream_failed" })
  })

  test("may begin in the same piece as what is told before it", async () => {
    const body = '{"version":"1"}'
    scene.functions["at-once"] = async (_event, stream) =>
      void stream.end(`${JSON.stringify({ status: 200, headers: {} })}\n${body}`)
    const response = await scene.fetchBy("at-once")(`${standIn.url}/api/version`, { method: "GET", signal })
    expect(await response.text()).toBe(body)
  })

  test("goes on as long as the server says something, whether or not it finds time for anything else", async () => {
    let say: (text: string) => void = () => {}
    const busy = await startModelServer({
      "GET /api/version": async ({ request }) => void (await request.ended),
      async "POST /api/chat"({ request, response }) {
        response.writeHead(200).flushHeaders()
        say = (text) => void response.write(text)
        await request.ended
      },
    })
    const there = await startProxyScene({ address: busy.url })
    const leaving = new AbortController()
    const { body } = await there.fetch(`${busy.url}/api/chat`, { method: "POST", body: "{}", signal: leaving.signal })
    const pieces = body![Symbol.asyncIterator]()
    for (const piece of ["a", "b", "c", "d"]) {
      say(piece)
      const { value } = await pieces.next()
      expect(Buffer.from(value as Uint8Array).toString()).toBe(piece)
      await passes(10_000, there)
    }
    expect(busy.count("/api/version")).toBe(0)
    leaving.abort(new Error("enough"))
    await expect(pieces.next()).rejects.toThrow("enough")
    there.proxys.advance(500)
    await there.invoker.settled()
    await there.close()
    await busy.close()
  })

  test("leaves no item when it was read to its end", async () => {
    const response = await scene.fetch(`${standIn.url}/api/version`, { method: "GET", signal })
    expect([response.status, await response.text()]).toEqual([200, '{"version":"0.40.0"}'])
    expect(scene.calls()).toEqual([])
  })

  test("rule 6: may begin after any time, as long as the caller gives its sign every 2 s", async () => {
    standIn.models.push({ name: "slow-load:1b", load: () => new Promise(() => {}) })
    const body = JSON.stringify({ model: "slow-load:1b", stream: false })
    const leaving = new AbortController()
    const loaded = scene.fetch(`${standIn.url}/api/generate`, { method: "POST", body, signal: leaving.signal })
    const asked = await standIn.received("/api/generate")
    let left = false
    void asked.ended.then(() => (left = true))
    await scene.proxys.waits(500)
    await passes(20_000)
    expect(left).toBe(false)
    leaving.abort(new Error("enough"))
    await expect(loaded).rejects.toThrow("enough")
    await looksUntilLeft(asked)
  })
})

/** Within its next look. */
async function looksUntilLeft(asked: { ended: Promise<string> }): Promise<void> {
  scene.proxys.advance(500)
  expect(await asked.ended).toBe("left")
  await scene.invoker.settled()
}

describe("a caller that leaves", () => {
  test("by its signal: the model stops within 500 ms", async () => {
    const stop = new AbortController()
    const answered = answer("silent", {}, stop.signal)
    const asked = await standIn.received("/api/chat")
    await standIn.held()
    await scene.proxys.waits(500)
    stop.abort(new Error("stopped by hand"))
    const { error } = await answered
    expect(error).toMatchObject({ message: "stopped by hand" })
    expect(scene.calls()).toMatchObject([{ stop: true }])
    await looksUntilLeft(asked)
  })

  test("by reading no further", async () => {
    const request = { model: "silent", messages: ask("Why?"), params: {} }
    for await (const event of scene.provider.stream(request, signal)) if (event.type === "text-delta") break
    const asked = await standIn.received("/api/chat")
    await scene.proxys.waits(500)
    await looksUntilLeft(asked)
  })

  /** As a caller whose process ends right after its call. */
  async function callAndDie(): Promise<void> {
    await openCall(scene.table, "call-of-the-dead", Date.now())
    await callOnly()
  }

  async function callOnly(): Promise<void> {
    const body = JSON.stringify({ model: "silent", messages: [{ role: "user", content: "x" }] })
    const call = { callId: "call-of-the-dead", address: standIn.url, method: "POST", path: "/api/chat", body }
    const Payload = new TextEncoder().encode(JSON.stringify(call))
    await scene.lambda.send(new InvokeWithResponseStreamCommand({ FunctionName: "pool-proxy", Payload }))
    await standIn.held()
    await scene.proxys.waits(500)
  }

  test("without a word: after 5 s in which its count stands still, by the proxy's clock alone", async () => {
    await callAndDie()
    const asked = await standIn.received("/api/chat")
    await looks(9)
    expect(standIn.count("/api/chat")).toBe(1)
    await looksUntilLeft(asked)
    expect(scene.lines.at(-1)).toMatch(/pool-call-broke-off.*nothing is heard of whoever called/)
  })

  test("and whose item is not seen: not before 5 s are over", async () => {
    await callOnly()
    const asked = await standIn.received("/api/chat")
    await looks(9)
    await looksUntilLeft(asked)
    expect(scene.lines.at(-1)).toMatch(/nothing is heard of whoever called/)
  })

  test("and has taken its item away", async () => {
    await callAndDie()
    await scene.table.delete(scene.callKey("call-of-the-dead"))
    await looksUntilLeft(await standIn.received("/api/chat"))
  })
})

describe("what goes wrong on the way", () => {
  test("nobody listens: said as such, at once", async () => {
    const away = await startProxyScene({ address: await closedAddress() })
    const request = { model: "m", messages: ask("x"), params: {} }
    const { error } = await collect(away.provider, request)
    expect(error).toMatchObject({ code: "model_unavailable", message: expect.stringMatching(/ECONNREFUSED/) as string })
    await away.close()
  })

  test.each([
    ["dies", "upstream_failed", /without an end mark/],
    ["endless", "upstream_failed", /without an end mark/],
    ["garbage", "upstream_failed", /<html>/],
  ])("the server %s in the middle of its answer", async (model, code, message) => {
    const { events, error } = await answer(model)
    expect(textOf(events)).not.toBe("")
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) as string })
  })

  /** From now on nobody is at the address, and the connection stays open all the same. The caller goes on giving its sign. */
  async function vanish(): Promise<void> {
    standIn.hanging.add("GET /api/version")
    let isOver = false
    void scene.invoker.settled().then(() => (isOver = true))
    while (!isOver) {
      scene.callers.advance(2000)
      scene.proxys.advance(500)
      await new Promise(setImmediate)
    }
    expect(standIn.count("/api/version")).toBe(2)
  }

  test("rule 6: the server vanishes before its first word: somebody else can be asked", async () => {
    standIn.hanging.add("POST /api/chat")
    const answered = answer("echo")
    await standIn.received("/api/chat")
    await vanish()
    expect((await answered).error).toMatchObject({
      code: "model_unavailable",
      message: expect.stringMatching(/EHOSTDOWN/) as string,
    })
  })

  test("the server vanishes in the middle of its answer", async () => {
    const answered = answer("silent")
    await standIn.held()
    await vanish()
    const { events, error } = await answered
    expect(textOf(events)).not.toBe("")
    expect(error).toMatchObject({
      code: "upstream_failed",
      message: expect.stringMatching(/without an end mark/) as string,
    })
  })

  test("the stream between the functions is cut", async () => {
    scene.invoker.faults.cutAfter = 300
    const { error } = await answer("slow")
    expect(error).toMatchObject({ code: "upstream_failed", message: expect.stringMatching(/broke off/) as string })
  })

  test("the proxy itself fails before it has said anything", async () => {
    scene.invoker.faults.cutAfter = 1
    const { error } = await answer("echo")
    expect(error).toMatchObject({
      code: "upstream_failed",
      message: expect.stringMatching(/before it answered/) as string,
    })
  })

  test("AWS has too much to do: to be tried again", async () => {
    scene.invoker.faults.throttled = 1
    const { error } = await answer("echo")
    expect(error).toMatchObject({ code: "model_unavailable", retryable: true, retryAfterMs: 1000 })
    expect((await answer("echo")).events.at(-1)).toMatchObject({ type: "finish" })
  })

  test("a conversation that is too large is told before anything is sent", async () => {
    const { error } = await answer("echo", { messages: ask("x".repeat(6_300_000)) })
    expect(error).toMatchObject({
      code: "too_large",
      retryable: false,
      message: expect.stringMatching(/6\.3 MB.*at most 6 MB/) as string,
    })
    expect(scene.invoker.called).toEqual([])
    expect(scene.calls()).toEqual([])
  })
})

describe("the proxy calls nobody but the pool's servers", () => {
  test.each([
    "http://169.254.169.254",
    "http://169.254.169.254:11434",
    "http://10.0.0.1:11434",
    "http://127.0.0.1:9001",
    "https://127.0.0.1:PORT",
    "http://user@127.0.0.1:PORT",
    "http://127.0.0.1:PORT/path",
    "http://localhost:PORT",
    "http://127.1:PORT",
    "http://0177.0.0.1:PORT",
    "http://[::1]:PORT",
    "file:///etc/passwd",
  ])("not %s", async (pattern) => {
    const address = pattern.replace("PORT", new URL(standIn.url).port)
    const refused = scene.fetchOf(address)(`${standIn.url}/api/version`, { method: "GET", signal })
    await expect(refused).rejects.toMatchObject({ code: "REFUSED" })
    expect(standIn.requests).toEqual([])
  })

  test.each(["/api/delete", "/api/pull", "/api/create", "/", "/api/../metrics"])("and not for %s", async (path) => {
    const refused = scene.fetch(`${standIn.url}${path}`, { method: "GET", signal })
    await expect(refused).rejects.toMatchObject({ code: "REFUSED" })
    expect(standIn.requests).toEqual([])
  })
})
