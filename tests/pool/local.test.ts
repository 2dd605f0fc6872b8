import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, describe, expect, it } from "vitest"
import { startLocalServer } from "../../packages/local/test/server.ts"
import type { LocalServer } from "../../packages/local/test/server.ts"
import { newId } from "../scenarios/ids.ts"
import { startOllamaStandIn } from "../support/ollama-stand-in.ts"
import type { OllamaModel, OllamaStandIn } from "../support/ollama-stand-in.ts"
import { openSocket } from "../support/raw-client.ts"
import type { Event, RawSocket } from "../support/raw-client.ts"

/** The rules of the pool through the real server of one machine, with stand-ins for its Ollama servers. */

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

async function ollama(...models: OllamaModel[]): Promise<OllamaStandIn> {
  const server = await startOllamaStandIn({ models, loadsOnAsk: true })
  let isOpen = true
  const close = async (): Promise<void> => {
    if (isOpen) await server.close()
    isOpen = false
  }
  closing.push(close)
  return { ...server, close }
}

async function serve(servers: readonly { url: string }[], dataFolder?: string): Promise<LocalServer> {
  const ollamaUrls = servers.map(({ url }) => url)
  const server = await startLocalServer({ ollamaUrls, ollamaParallel: 1, ...(dataFolder && { dataFolder }) })
  let isOpen = true
  const close = async (): Promise<void> => {
    if (isOpen) await server.close()
    isOpen = false
  }
  closing.push(close)
  return { ...server, close }
}

const connect = (server: LocalServer): Promise<RawSocket> => openSocket(`ws://127.0.0.1:${server.port}/socket`)

async function ask(socket: RawSocket, name: string): Promise<string> {
  const runId = newId("run")
  const message = { parts: [{ type: "text", text: "Hello." }] }
  const answer = await socket.act({ action: "run.start", runId, model: `ollama/${name}`, message })
  expect(answer.type).toBe("ack")
  return runId
}

const follow = (socket: RawSocket, runId: string, after = 0) => socket.act({ action: "run.follow", runId, after })
const endOf = async (socket: RawSocket, runId: string) => (await socket.ended(runId)).at(-1)?.type
const told = (socket: RawSocket, runId: string, reason: string): Promise<Event> =>
  socket.until(
    () => socket.log(runId).events.find(({ type, data }) => type === "data-queue" && reasonOf(data) === reason),
    `that ${runId} waits for ${reason}`,
  )
const reasonOf = (data: unknown): unknown => (data as { reason?: unknown }).reason

const warm: OllamaModel = { name: "warm:latest", loaded: true }
/** Falls silent after its first word. */
const slow: OllamaModel = { name: "slow:latest", loaded: true, holdAfter: 1 }

describe("pool rule 2 on one machine", () => {
  it("asks the server that has the model in memory", async () => {
    const [cold, hot] = [await ollama({ ...warm, loaded: false }), await ollama(warm)]
    const server = await serve([cold, hot])
    const socket = await connect(server)
    for (let count = 0; count < 3; count++) expect(await endOf(socket, await ask(socket, "warm"))).toBe("finish")
    expect([cold.count("/api/chat"), hot.count("/api/chat")]).toEqual([0, 3])
  })

  it("asks the less busy one of two that have it", async () => {
    const both = [await ollama(slow), await ollama(slow)]
    const socket = await connect(await serve(both))
    const runs = [await ask(socket, "slow"), await ask(socket, "slow")]
    await Promise.all(both.map((each) => each.held()))
    for (const each of both) each.release()
    for (const runId of runs) expect(await endOf(socket, runId)).toBe("finish")
    expect(both.map((each) => each.count("/api/chat"))).toEqual([1, 1])
  })
})

describe("pool rule 4 on one machine", () => {
  it("loads a model once for all who wait for it, and tells them", async () => {
    let loaded = (): void => {}
    const loading = new Promise<void>((resolve) => (loaded = resolve))
    const one = await ollama({ name: "cold:latest", load: () => loading })
    const socket = await connect(await serve([one]))
    const runs = [await ask(socket, "cold"), await ask(socket, "cold")]
    for (const runId of runs) await told(socket, runId, "loading")
    loaded()
    for (const runId of runs) expect(await endOf(socket, runId)).toBe("finish")
    expect(one.loads).toEqual(["cold:latest"])
  })
})

describe("pool rule 5 on one machine", () => {
  it("leaves a server alone that nobody reaches, and everybody is answered meanwhile", async () => {
    const [first, second] = [await ollama(warm), await ollama(warm)]
    const server = await serve([first, second])
    const socket = await connect(server)
    expect(await endOf(socket, await ask(socket, "warm"))).toBe("finish")
    await first.close()
    for (let count = 0; count < 6; count++) expect(await endOf(socket, await ask(socket, "warm"))).toBe("finish")
    expect(server.log.filter(({ event }) => event === "asked-elsewhere").length).toBeLessThanOrEqual(3)
    expect(first.count("/api/chat") + second.count("/api/chat")).toBe(7)
  })
})

describe("pool rule 6 on one machine", () => {
  /** Two servers, and the one that is asked first has this model instead. */
  async function pair(instead: OllamaModel): Promise<[OllamaStandIn, OllamaStandIn]> {
    const [one, other] = [await ollama(warm), await ollama(warm)]
    const [first, second] = one.url < other.url ? [one, other] : [other, one]
    first.models.splice(0, 1, instead)
    return [first, second]
  }

  it("asks elsewhere what had no word yet", async () => {
    const [dying, living] = await pair({ ...warm, fault: "die", faultAfter: 0 })
    const socket = await connect(await serve([dying, living]))
    expect(await endOf(socket, await ask(socket, "warm"))).toBe("finish")
    expect([dying.count("/api/chat"), living.count("/api/chat")]).toEqual([1, 1])
  })

  it("never what had one", async () => {
    const [dying, living] = await pair({ ...warm, fault: "die", faultAfter: 2 })
    const socket = await connect(await serve([dying, living]))
    expect(await endOf(socket, await ask(socket, "warm"))).toBe("error")
    expect([dying.count("/api/chat"), living.count("/api/chat")]).toEqual([1, 0])
  })
})

describe("pool rule 3 on one machine: who waits", () => {
  /** One is being answered and has said a word; another stands in line. */
  async function waiting(dataFolder?: string) {
    const one = await ollama(slow)
    const server = await serve([one], dataFolder)
    const socket = await connect(server)
    const first = await ask(socket, "slow")
    await one.held()
    const second = await ask(socket, "slow")
    return { one, server, socket, first, second, place: await told(socket, second, "position") }
  }

  it("is told the place, holds no worker, and is answered when its turn comes", async () => {
    const { one, server, socket, first, second, place } = await waiting()
    expect(place["data"]).toMatchObject({ reason: "position", position: 1 })
    expect(await follow(socket, second, socket.log(second).last)).toMatchObject({ status: "queued" })
    expect(one.count("/api/chat")).toBe(1)
    one.release()
    expect(await endOf(socket, first)).toBe("finish")
    await one.held()
    one.release()
    expect(await endOf(socket, second)).toBe("finish")
    expect(one.count("/api/chat")).toBe(2)
    expect(server.log.filter(({ level }) => level === "error")).toEqual([])
  })

  it("hears of the place at once after a reload", async () => {
    const { one, server, second } = await waiting()
    const other = await connect(server)
    await follow(other, second)
    expect((await told(other, second, "position"))["data"]).toMatchObject({ position: 1 })
    // And again, for there is a new follower, without the ten seconds having passed.
    const last = other.log(second).last
    await other.events(second, last)
    one.release()
    await one.held()
    one.release()
    expect(await endOf(other, second)).toBe("finish")
  })

  it("can be stopped, and nothing is asked for it", async () => {
    const { one, socket, first, second } = await waiting()
    expect(await socket.act({ action: "run.stop", runId: second })).toMatchObject({ type: "ack" })
    expect(await endOf(socket, second)).toBe("abort")
    one.release()
    expect(await endOf(socket, first)).toBe("finish")
    expect(one.count("/api/chat")).toBe(1)
    const third = await ask(socket, "slow")
    await one.held()
    one.release()
    expect(await endOf(socket, third)).toBe("finish")
  })

  it("is answered after the server was started again", async () => {
    const dataFolder = mkdtempSync(join(tmpdir(), "omnichat-pool-"))
    closing.push(() => Promise.resolve(rmSync(dataFolder, { recursive: true })))
    const { one, server, first, second } = await waiting(dataFolder)
    await server.close()
    const socket = await connect(await serve([one], dataFolder))
    await follow(socket, first)
    await follow(socket, second)
    expect(await endOf(socket, first)).toBe("error")
    await one.held()
    one.release()
    expect(await endOf(socket, second)).toBe("finish")
  })
})
