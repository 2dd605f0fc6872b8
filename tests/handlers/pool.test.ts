import { afterEach, expect, it } from "vitest"
import type { PoolView } from "@omnichat/core/protocol/pool"
import { endOf, textOf } from "../scenarios/run-rules.ts"
import type { Ack } from "../scenarios/scene.ts"
import type { GpuPool } from "../support/aws/gpu-pool.ts"
import type { OllamaModel } from "../support/ollama-stand-in.ts"
import type { Event, RawSocket } from "../support/raw-client.ts"
import { useAwsScene } from "./aws-scene.ts"

/** The load of a model: that it has begun, and its end. */
let begin = (): void => {}
let loaded = (): void => {}
const begun = new Promise<void>((resolve) => (begin = resolve))
const load = (): Promise<void> => {
  begin()
  return new Promise((done) => (loaded = done))
}
const models: OllamaModel[] = [
  { name: "llama:8b", sizeBytes: 5e9, text: "Here from a GPU.", load },
  { name: "broken:8b", sizeBytes: 5e9, load: () => Promise.reject(new Error("out of memory")) },
]
const { scene, aws } = useAwsScene({ gpu: { models, parallel: 1 } })

const pool = (): GpuPool => {
  const { gpu } = aws()
  if (gpu === undefined) throw new Error("there is no pool")
  return gpu
}
type Queue = { reason: string; position?: number; progress?: number; etaMs?: number }
const queueOf = (events: Event[]): Queue[] =>
  events.filter(({ type }) => type === "data-queue").map(({ data }) => data as Queue)

/** Resolves when the run's events say so. */
const told = (socket: RawSocket, { runId }: Ack, reason: string) =>
  socket.until(
    () => queueOf(socket.log(runId).events).find((queue) => queue.reason === reason),
    `${reason} of ${runId}`,
  )
afterEach(() => {
  pool().ollama.release()
  const logged = aws().errors.splice(0)
  expect(logged.filter((line) => !line.includes("servers-not-started"))).toEqual([])
})

const operator = () => ({ authorization: `Bearer ${aws().issuer.token("operator", ["admin"])}` })
const viewed = async () => (await scene.http("GET", "/api/pool", { headers: operator() })).body as PoolView
const statusOf = async ({ chatId, messageId }: Ack) => (await scene.message(chatId, messageId)).status
const script = (model: OllamaModel) => Object.assign(pool().ollama.models[0] ?? {}, model)

it("pool rule 4: without capacity the run ends and says why, and the chat goes on", async () => {
  const socket = await scene.connect()
  const ack = await scene.start(socket, { model: "ollama/llama:8b" })
  await pool().wanted(1)
  expect(await told(socket, ack, "starting")).toMatchObject({ etaMs: expect.any(Number) as number })
  pool().refuse("We currently do not have sufficient g6.xlarge capacity in the Availability Zone you requested.")
  const events = await scene.ended(socket, ack)
  const { status, error } = endOf(events)
  expect([status, error]).toMatchObject(["failed", { code: "model_unavailable", retryable: true }])
  expect((error as { message: string }).message).toMatch(/No GPU server could be started: .*capacity/)
  expect((await viewed()).scale?.failed?.message).toMatch(/capacity/)
  const { chatId } = ack
  const next = await scene.run(socket, { chatId, model: scene.model({ text: "From elsewhere." }) })
  expect([endOf(next.events).status, textOf(next.events)]).toEqual(["complete", "From elsewhere."])
  // AWS does not go on trying for something that nobody waits for.
  await expect.poll(() => pool().scaling.group.desired).toBe(0)
  pool().scaling.activities.length = 0
})

it("pool rules 3 and 4: a run that waits for a GPU holds no worker, can be stopped, and asks for one server however many wait", async () => {
  const socket = await scene.connect()
  const [one, two] = [
    await scene.start(socket, { model: "ollama/llama:8b" }),
    await scene.start(socket, { model: "ollama/llama:8b" }),
  ]
  await Promise.all([pool().wanted(1), told(socket, one, "starting"), told(socket, two, "starting")])
  expect([...aws().lambda.pool("worker").instances].filter(({ busy }) => busy)).toEqual([])
  for (const { runId } of [one, two]) await socket.act({ action: "run.stop", runId })
  for (const ack of [one, two]) expect(endOf(await scene.ended(socket, ack)).status).toBe("stopped")
  const raised = pool().scaling.asked.filter(({ Action }) => Action === "SetDesiredCapacity")
  expect(raised.map(({ DesiredCapacity }) => DesiredCapacity)).toEqual(["1", "0", "1"])
})

it("pool rules 1, 2 and 4: a GPU starts from zero, loads the model and answers, and every step is told", async () => {
  const socket = await scene.connect()
  const ack = await scene.start(socket, { model: "ollama/llama:8b" })
  await told(socket, ack, "starting")
  aws().bootGpu()
  await told(socket, ack, "loading")
  await begun
  expect(await statusOf(ack)).toBe("running")
  await expect
    .poll(async () => (await viewed()).servers, { timeout: 20_000 })
    .toMatchObject([
      { state: "up", loading: { model: "llama:8b" }, gpu: { name: "NVIDIA L4", use: 0.37 }, dollarsPerHour: 0.805 },
    ])
  loaded()
  const events = await scene.ended(socket, ack)
  expect([endOf(events).status, textOf(events)]).toEqual(["complete", "Here from a GPU."])
  expect(queueOf(events).map(({ reason }) => reason)).toEqual(expect.arrayContaining(["starting", "loading"]))
  expect(await scene.replay(ack.runId)).toEqual(events)
  await scene.expectStored(ack, events)
  expect(pool().ollama.loads).toEqual(["llama:8b"])
})

it("pool rule 3: who finds every place taken is told their position, comes next, and is not overtaken", async () => {
  script({ name: "llama:8b", text: "A first answer that takes its time.", holdAfter: 2 })
  const socket = await scene.connect()
  const first = await scene.start(socket, { model: "ollama/llama:8b" })
  await pool().ollama.held()
  const second = await scene.start(socket, { model: "ollama/llama:8b" })
  expect(await told(socket, second, "position")).toMatchObject({ position: 1 })
  const third = await scene.start(socket, { model: "ollama/llama:8b" })
  expect(await told(socket, third, "position")).toMatchObject({ position: 2 })
  expect((await viewed()).waiting.map(({ position, model }) => [position, model])).toEqual([
    [1, "llama:8b"],
    [2, "llama:8b"],
  ])
  script({ name: "llama:8b", text: "Quick." })
  delete (pool().ollama.models[0] as { holdAfter?: number }).holdAfter
  pool().ollama.release()
  const ends = await Promise.all([first, second, third].map((ack) => scene.ended(socket, ack)))
  expect(ends.map((events) => endOf(events).status)).toEqual(["complete", "complete", "complete"])
  const asked = pool().ollama.requests.filter(({ path }) => path === "/api/chat")
  expect(asked).toHaveLength(4)
})

it("a stop in mid-answer ends the request on the server", async () => {
  script({ name: "llama:8b", text: "An answer that goes on for a while. ".repeat(50), holdAfter: 3 })
  const socket = await scene.connect()
  const ack = await scene.start(socket, { model: "ollama/llama:8b" })
  await pool().ollama.held()
  await socket.act({ action: "run.stop", runId: ack.runId })
  expect(endOf(await scene.ended(socket, ack)).status).toBe("stopped")
  expect(await pool().ollama.requests.findLast(({ path }) => path === "/api/chat")?.ended).toBe("left")
  delete (pool().ollama.models[0] as { holdAfter?: number }).holdAfter
})

it("a model that cannot be loaded fails with the server's words, and the next one is answered", async () => {
  script({ name: "llama:8b", text: "Still here." })
  const socket = await scene.connect()
  const { events } = await scene.run(socket, { model: "ollama/broken:8b" })
  expect(endOf(events)).toMatchObject({ status: "failed", error: { code: "model_unavailable" } })
  const next = await scene.run(socket, { model: "ollama/llama:8b" })
  expect(textOf(next.events)).toBe("Still here.")
})

it("pool rules 5 and 6: a server that dies in mid-answer costs its words only, and nobody is told them twice", async () => {
  script({ name: "llama:8b", text: "Words that are said before it ends.", fault: "die" })
  const socket = await scene.connect()
  const { ack, events } = await scene.run(socket, { model: "ollama/llama:8b" })
  expect(endOf(events)).toMatchObject({ status: "failed", error: { code: "upstream_failed", retryable: true } })
  expect(textOf(events)).not.toBe("")
  await scene.expectStored(ack, events)
  delete (pool().ollama.models[0] as { fault?: string }).fault
  script({ name: "llama:8b", text: "Well again." })
  const next = await scene.run(socket, { chatId: ack.chatId, model: "ollama/llama:8b" })
  expect(textOf(next.events)).toBe("Well again.")
})

it("pool rule 8: a server that AWS takes back gets no new work, and who asks waits for another", async () => {
  pool().notice()
  await expect
    .poll(async () => (await viewed()).servers.map(({ state }) => state), { timeout: 20_000 })
    .toEqual(["draining"])
  const before = pool().ollama.requests.filter(({ path }) => path === "/api/chat").length
  const socket = await scene.connect()
  const ack = await scene.start(socket, { model: "ollama/llama:8b" })
  await told(socket, ack, "starting")
  await socket.act({ action: "run.stop", runId: ack.runId })
  expect(endOf(await scene.ended(socket, ack)).status).toBe("stopped")
  expect(pool().ollama.requests.filter(({ path }) => path === "/api/chat")).toHaveLength(before)
})
