import * as v from "valibot"
import { describe, expect, it } from "vitest"
import { readBody, requireJson } from "./body.ts"

const schema = v.strictObject({ text: v.string() })
const json = { "content-type": "application/json" }

/** A body that comes in pieces, and says nothing of its length or something wrong. */
function request(
  pieces: (string | Uint8Array)[],
  headers: Record<string, string> = json,
): { request: Request; read: () => number } {
  let read = 0
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const piece = pieces[read++]
        if (piece === undefined) controller.close()
        else controller.enqueue(typeof piece === "string" ? new TextEncoder().encode(piece) : piece)
      },
    },
    { highWaterMark: 0 },
  )
  const init = { method: "POST", headers, body, duplex: "half" }
  return { request: new Request("http://here/", init as RequestInit), read: () => read }
}

const codeOf = (reading: Promise<unknown>): Promise<string> =>
  reading.then(
    () => "ok",
    (thrown: { code: string; name: string; message: string }) => `${thrown.name} ${thrown.code}: ${thrown.message}`,
  )

describe("readBody", () => {
  it("puts the pieces together, also of one character", async () => {
    const bytes = new TextEncoder().encode('{"text":"Grüße 👋"}')
    const pieces = Array.from(bytes, (byte) => new Uint8Array([byte]))
    expect(await readBody(request(pieces).request, schema, 100)).toEqual({ text: "Grüße 👋" })
  })

  it("takes a body of exactly the limit", async () => {
    const text = `{"text":"${"x".repeat(89)}"}`
    expect(text).toHaveLength(100)
    expect(await codeOf(readBody(request([text]).request, schema, 100))).toBe("ok")
    expect(await codeOf(readBody(request([text, " "]).request, schema, 100))).toContain("too_large")
  })

  it("stops reading at the limit, whatever Content-Length says", async () => {
    const endless = request(
      Array.from({ length: 1000 }, () => "x".repeat(50)),
      { ...json, "content-length": "10" },
    )
    expect(await codeOf(readBody(endless.request, schema, 100))).toContain("too_large")
    expect(endless.read()).toBe(3)
  })

  it("reads nothing that is announced as too large", async () => {
    const large = request(["x"], { ...json, "content-length": "101" })
    expect(await codeOf(readBody(large.request, schema, 100))).toContain("too_large")
    expect(large.read()).toBe(0)
  })

  it.each([
    [["{"], "invalid: The body is not JSON."],
    [[""], "invalid: The body is not JSON."],
    [[new Uint8Array([0x22, 0xff, 0x22])], "invalid: The body is not UTF-8."],
    [["[]"], "invalid: The body must be a JSON object, and is a list."],
    [['{"text":"a","owner":"b"}'], 'invalid: The body: there is no field "owner".'],
  ])("refuses what is no such body (%#)", async (pieces, message) => {
    expect(await codeOf(readBody(request(pieces).request, schema, 100))).toContain(message)
  })

  it.each(["application/json", "application/json; charset=utf-8", 'Application/JSON;charset="UTF-8"'])(
    "takes %s",
    async (type) => {
      const { request: given } = request(['{"text":""}'], { "content-type": type })
      expect(await readBody(given, schema, 100)).toEqual({ text: "" })
    },
  )

  it.each(["text/plain", "application/json, text/plain", "application/json; charset=latin1", "text/json", ""])(
    "does not take %j",
    async (type) => {
      const { request: given } = request(['{"text":""}'], { "content-type": type })
      expect(await codeOf(readBody(given, schema, 100))).toContain("WrongContentType invalid")
    },
  )
})

describe("requireJson", () => {
  const plain = (headers: Record<string, string>) => () =>
    requireJson(new Request("http://here/", { method: "POST", headers }))
  it("lets a request without a body pass", () => {
    expect(plain({})).not.toThrow()
    expect(plain({ "content-length": "0", "content-type": "text/plain" })).not.toThrow()
  })
  it("refuses a body that is not declared as JSON", () => {
    expect(plain({ "content-length": "2" })).toThrow("Content-Type must be application/json, and is absent")
    expect(plain({ "transfer-encoding": "chunked", "content-type": "text/plain" })).toThrow('"text/plain"')
  })
})
