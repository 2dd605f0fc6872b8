import { createHmac, generateKeyPairSync } from "node:crypto"
import { describe, expect, it } from "vitest"
import { newId } from "../scenarios/ids.ts"
import { acked, expectHttpRefusal, expectRefusal, question, startOf } from "../scenarios/scene.ts"
import type { Ack } from "../scenarios/scene.ts"
import { Refused } from "../support/raw-client.ts"
import type { OpenOptions } from "../support/raw-client.ts"
import { http } from "../support/raw-http.ts"
import type { HttpAnswer, HttpOptions } from "../support/raw-http.ts"
import { echoModel } from "../support/runtime.ts"
import { useAwsScene } from "./aws-scene.ts"

const { scene, aws } = useAwsScene()

const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
const header = { alg: "RS256", kid: "key-1" }

/** Past the scene, which sends a good token by itself. */
const plainHttp = (method: string, path: string, options: HttpOptions = {}): Promise<HttpAnswer> =>
  http(method, `${scene.runtime.httpUrl}${path}`, options)

async function upgrade(options: OpenOptions): Promise<number> {
  try {
    await scene.connect({ ...options, credentials: false })
    return 101
  } catch (thrown) {
    if (thrown instanceof Refused) return thrown.status
    throw thrown
  }
}

describe("a token", () => {
  it("[C2] stands in the header, or in a subprotocol beside omnichat.v1, which is selected", async () => {
    const token = aws().issuer.token("owner")
    expect((await scene.connect({ headers: bearer(token) })).protocol).toBe("")
    const protocols = ["omnichat.v1", `bearer.${token}`]
    expect(await upgrade({ headers: { authorization: `bearer ${token}` } })).toBe(101)
    for (const offered of [protocols, protocols.toReversed()]) {
      const socket = await scene.connect({ protocols: offered, credentials: false })
      expect(socket.protocol).toBe("omnichat.v1")
      await socket.roundTrip()
    }
    expect((await plainHttp("GET", "/api/chats", { headers: bearer(token) })).status).toBe(200)
  })

  const forger = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey
  const past = () => Math.floor(Date.now() / 1000) - 10
  it.each<[string, () => string]>([
    ["no token", () => ""],
    ["one that is no JWT", () => "x"],
    ["an API key nobody has made", () => "omk_wrong"],
    ["forged, with the name of a true key", () => aws().issuer.sign(header, aws().issuer.claims("owner"), forger)],
    [
      "forged, with a key nobody knows",
      () => aws().issuer.sign({ alg: "RS256", kid: "other" }, aws().issuer.claims("owner"), forger),
    ],
    ["expired", () => aws().issuer.token("owner", ["user"], { exp: past() })],
    ["of another pool", () => aws().issuer.token("owner", ["user"], { iss: "https://issuer.example/pool" })],
    ["of another client", () => aws().issuer.token("owner", ["user"], { client_id: "another" })],
    ["an id token", () => aws().issuer.token("owner", ["user"], { token_use: "id" })],
    [
      "changed after it was signed",
      () => {
        const [head, , signature] = aws().issuer.token("stranger").split(".")
        const claims = Buffer.from(JSON.stringify(aws().issuer.claims("owner"))).toString("base64url")
        return [head, claims, signature].join(".")
      },
    ],
    [
      "with alg none",
      () => {
        const parts = [{ alg: "none" }, aws().issuer.claims("owner")]
        return `${parts.map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".")}.`
      },
    ],
    [
      "signed by nothing but the public key",
      () => {
        const parts = [{ alg: "HS256", kid: "key-1" }, aws().issuer.claims("owner")]
        const input = parts.map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".")
        return `${input}.${createHmac("sha256", "key-1").update(input).digest("base64url")}`
      },
    ],
  ])("[C3, H1] that is %s is refused at the upgrade and over HTTP", async (_, make) => {
    const token = make()
    const headers = token === "" ? {} : bearer(token)
    expect([401, 403]).toContain(await upgrade({ headers }))
    if (token !== "") expect([401, 403]).toContain(await upgrade({ protocols: ["omnichat.v1", `bearer.${token}`] }))
    for (const path of ["/api/chats", `/api/runs/${newId("run")}/events`, `/api/files/${newId("fil")}`]) {
      expectHttpRefusal(await plainHttp("GET", path, { headers }), 401, "unauthenticated")
    }
    const body = { runId: newId("run"), message: question("Let me in."), model: echoModel }
    expectHttpRefusal(await plainHttp("POST", "/api/runs", { headers, body }), 401, "unauthenticated")
  })

  it("[C2, C3] in the address is none", async () => {
    const token = aws().issuer.token("owner")
    for (const name of ["token", "access_token", "authorization"]) {
      const query = `?${name}=${token}`
      expectHttpRefusal(await plainHttp("GET", `/api/chats${query}`), 401, "unauthenticated")
    }
  })

  it("[C3] of an account that was not let in yet opens nothing", async () => {
    const headers = bearer(aws().issuer.token("newcomer", []))
    expect(await upgrade({ headers })).toBe(403)
    expectHttpRefusal(await plainHttp("GET", "/api/chats", { headers }), 403, "forbidden")
  })

  it("[C3] that ends while connected: the next action is unauthenticated, and the connection is closed", async () => {
    const soon = Math.floor(Date.now() / 1000) + 4
    const socket = await scene.connect({ headers: bearer(aws().issuer.token("owner", ["user"], { exp: soon })) })
    const ack = await scene.start(socket, { model: scene.model({ text: "One. Two. Three.", holdAfter: 1 }) })
    await socket.said(ack.runId, "One. Tw")
    let answer = await socket.act({ action: "ping" })
    while (answer.type === "pong") answer = await socket.act({ action: "ping" })
    expectRefusal(answer, "unauthenticated")
    expect(Date.now()).toBeGreaterThanOrEqual(soon * 1000)
    await socket.closed()
    // the run goes on, and a fresh token follows it on
    const fresh = await scene.connect()
    const { events: held } = socket.log(ack.runId)
    acked(await fresh.act({ action: "run.follow", runId: ack.runId, after: held.length }))
    scene.runtime.upstream.release()
    await scene.expectStored(ack, [...held, ...(await fresh.ended(ack.runId))])
  })
})

describe("somebody else's", () => {
  const other = () => ({ headers: aws().credentials("somebody") })

  it("[F3, A5] chat and run do not exist, by socket and over HTTP, and nothing is told of them", async () => {
    const socket = await scene.connect()
    const stranger = await scene.connect(other())
    const ack = await scene.start(socket, { model: scene.model({ text: "One. Two. Three.", holdAfter: 1 }) })
    await socket.said(ack.runId, "One. Tw")
    const { chatId, runId, messageId, userMessageId } = ack
    const before = await scene.snapshot(chatId)
    for (const action of [
      { action: "run.follow", runId, after: 0 },
      { action: "run.stop", runId },
      startOf({ chatId }),
      startOf({ chatId, parentId: null }),
      startOf({ chatId, parentId: userMessageId, message: undefined }),
    ]) {
      expectRefusal(await stranger.act(action), "not_found")
    }
    expectRefusal(await stranger.act(startOf({ runId })), "conflict")
    const requests: [string, string, object?][] = [
      ["GET", `/api/chats/${chatId}`],
      ["GET", `/api/chats/${chatId}/messages`],
      ["PATCH", `/api/chats/${chatId}`, { title: "Mine" }],
      ["DELETE", `/api/chats/${chatId}`],
      ["GET", `/api/runs/${runId}/events`],
      ["POST", `/api/runs/${runId}/stop`],
    ]
    for (const [method, path, body] of requests) {
      const answer = await scene.http(method, path, { ...other(), ...(body !== undefined && { body }) })
      expectHttpRefusal(answer, 404, "not_found")
    }
    expect((await scene.http("GET", "/api/chats", other())).body).toEqual({ chats: [] })
    expect(await scene.snapshot(chatId)).toBe(before)
    scene.runtime.upstream.release()
    const events = await scene.ended(socket, ack)
    await stranger.roundTrip()
    expect(JSON.stringify(stranger.frames)).not.toContain(messageId)
    await scene.expectStored(ack, events)
  })

  it("[F3, H7, A6] file does not exist", async () => {
    const file = { name: "note.txt", mediaType: "text/plain", bytes: 5 }
    const created = await scene.http("POST", "/api/files", { body: file })
    const { id, upload } = created.body as { id: string; upload: { url: string; headers: Record<string, string> } }
    expect((await http("PUT", upload.url, { headers: upload.headers, body: "Hello" })).status).toBe(200)
    expectHttpRefusal(await scene.http("GET", `/api/files/${id}`, other()), 404, "not_found")
    const stranger = await scene.connect(other())
    const start = startOf({ message: { parts: [{ type: "file", fileId: id }] } })
    expectRefusal(await stranger.act(start), "not_found")
    expect((await scene.http("GET", `/api/files/${id}`)).text).toBe("Hello")
  })

  it("[H4, A5] chats and connections are apart: two people, two lists", async () => {
    const [mine, theirs] = [await scene.connect(), await scene.connect(other())]
    const own = await scene.run(mine, { message: question("What is mine?") })
    const start = startOf({ message: question("What is theirs?") })
    const ack: Ack = acked(await theirs.act(start))
    await theirs.ended(ack.runId)
    const { chats } = (await scene.http("GET", "/api/chats", other())).body as { chats: { id: string }[] }
    expect(chats.map(({ id }) => id)).toEqual([ack.chatId])
    expect((await scene.chats()).map(({ id }) => id)).toContain(own.ack.chatId)
    expect(mine.frames.some((frame) => JSON.stringify(frame).includes(ack.chatId))).toBe(false)
  })
})
