import { describe, expect, it } from "vitest"
import { StoreUnavailable } from "@omnichat/core/store/table"
import { alice, scene } from "../../../test/scene.ts"
import { createSocketFunction } from "./socket.ts"

type Overrides = Record<string, unknown>

/** Events as API Gateway sends them. */
const gatewayEvent = (eventType: string, authorizer: object | undefined, rest: Overrides) => ({
  requestContext: { eventType, connectionId: "c1=", routeKey: "$default", ...(authorizer && { authorizer }) },
  isBase64Encoded: false,
  ...rest,
})
const connect = (headers: object = {}, authorizer: object = { ...alice, principalId: "alice" }) =>
  gatewayEvent("CONNECT", authorizer, { headers })
const message = (body: unknown, rest: Overrides = {}, authorizer: object = alice) =>
  gatewayEvent("MESSAGE", authorizer, { body: typeof body === "string" ? body : JSON.stringify(body), ...rest })
const disconnect = gatewayEvent("DISCONNECT", undefined, { headers: {} })
const ping = { action: "ping", id: "1" }

describe("a connection", () => {
  it("is noted when it opens, and forgotten when it ends", async () => {
    const { runtime, ports, frames } = scene()
    const handle = createSocketFunction(runtime)
    expect(await handle(connect())).toEqual({ statusCode: 200 })
    expect((await ports.table.query({ pk: "USER#alice" })).items).toMatchObject([{ connectionId: "c1=" }])
    expect(await handle(disconnect)).toEqual({ statusCode: 200 })
    expect((await ports.table.query({ pk: "USER#alice" })).items).toEqual([])
    expect(frames).toEqual([])
  })

  it.each([
    ["omnichat.v1", true],
    ["bearer.abc , omnichat.v1", true],
    ["bearer.abc", false],
    ["omnichat.v2", false],
  ])("that offers %s is given our protocol: %s", async (offered, isGiven) => {
    const handle = createSocketFunction(scene().runtime)
    const { headers } = await handle(connect({ "Sec-WebSocket-Protocol": offered }))
    expect(headers).toEqual(isGiven ? { "Sec-WebSocket-Protocol": "omnichat.v1" } : undefined)
  })

  it("is refused to who may not have it, and when it cannot be noted", async () => {
    const { runtime, ports } = scene()
    const handle = createSocketFunction(runtime)
    expect(await handle(connect({}, { ...alice, role: "pending" }))).toEqual({ statusCode: 403 })
    expect(await handle(connect({}, { ...alice, expiresAt: "1000" }))).toEqual({ statusCode: 401 })
    const table = { ...ports.table, transact: () => Promise.reject(new StoreUnavailable("away")) }
    const broken = createSocketFunction({ ...runtime, ports: { ...ports, table } })
    expect(await broken(connect())).toEqual({ statusCode: 500 })
  })

  it("is nothing without what the authorizer says", async () => {
    const handle = createSocketFunction(scene().runtime)
    const isNoEvent = { name: "ValiError" }
    await expect(handle(connect({}, { userId: "", role: "user" }))).rejects.toMatchObject(isNoEvent)
    await expect(handle(gatewayEvent("MESSAGE", undefined, { body: "{}" }))).rejects.toMatchObject(isNoEvent)
    await expect(handle(connect({}, { ...alice, expiresAt: "soon" }))).rejects.toMatchObject(isNoEvent)
  })
})

describe("a message", () => {
  it("is answered on its connection", async () => {
    const { runtime, frames } = scene()
    expect(await createSocketFunction(runtime)(message(ping))).toEqual({ statusCode: 200 })
    expect(frames).toEqual([{ to: "c1=", frame: { type: "pong", id: "1" } }])
  })

  it("that is binary is invalid", async () => {
    const { runtime, frames, closed } = scene()
    const body = Buffer.from(JSON.stringify(ping)).toString("base64")
    await createSocketFunction(runtime)(message(body, { isBase64Encoded: true }))
    expect(frames).toMatchObject([{ frame: { type: "error", code: "invalid" } }])
    expect(closed).toEqual([])
  })

  it("that is larger than one may be, in however many frames, ends the connection", async () => {
    const { runtime, frames, closed } = scene()
    const handle = createSocketFunction(runtime)
    await handle(message(JSON.stringify(ping).padEnd(32_768)))
    expect([frames.length, closed]).toEqual([1, []])
    await handle(message(`${JSON.stringify(ping).padEnd(32_767)}ü`))
    expect([frames.length, closed]).toEqual([1, ["c1="]])
  })

  it("of somebody whose token has expired is told so, and the connection ends", async () => {
    const { runtime, frames, closed } = scene()
    await createSocketFunction(runtime)(message(ping, {}, { ...alice, expiresAt: String(Date.now()) }))
    expect(frames).toMatchObject([{ frame: { type: "error", id: "1", code: "unauthenticated" } }])
    expect(closed).toEqual(["c1="])
  })

  it("is not done with before what it left behind is", async () => {
    const { runtime, ports, frames } = scene()
    let goOn = () => {}
    const slow = new Promise<void>((resolve) => (goOn = resolve))
    ports.background(slow)
    let over = false
    const handled = createSocketFunction(runtime)(message(ping)).then(() => (over = true))
    while (frames.length === 0) await new Promise(setImmediate)
    await new Promise(setImmediate)
    expect(over).toBe(false)
    goOn()
    await handled
  })
})
