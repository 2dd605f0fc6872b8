import { action, startBody } from "@omnichat/core/protocol/frame"
import { fileCreate } from "@omnichat/core/protocol/http"
import { describe, expect, it } from "vitest"
import { parseForm, parseJson } from "./form.ts"

const runId = "run_01ARZ3NDEKTSV4RRFFQ69G5FAV"
const refusal = (run: () => unknown): string => {
  try {
    run()
    return "accepted"
  } catch (thrown) {
    const error = thrown as { code: string; message: string }
    return `${error.code} | ${error.message}`
  }
}

describe("parseForm", () => {
  it.each([
    [startBody, [], "invalid | The body must be a JSON object, and is a list."],
    [startBody, null, "invalid | The body must be a JSON object, and is null."],
    [startBody, { model: "x" }, 'invalid | The body: "runId" is missing.'],
    [startBody, { runId, model: "x", role: "admin" }, 'invalid | The body: there is no field "role".'],
    [
      startBody,
      { runId: "run_1", model: "x" },
      'invalid | The body: "runId": expected run_ and 26 characters of Crockford base 32 (a ULID).',
    ],
    [
      startBody,
      { runId, model: "x", message: { parts: [{ type: "text", text: "" }] } },
      'invalid | The body: "message.parts.0.text": a text part may not be empty.',
    ],
    [
      action,
      { action: "run.explode", id: "1" },
      'invalid | The body: "action" must be "run.start", "run.follow", "run.unfollow", "run.stop", "run.approve", "ping", and is "run.explode".',
    ],
    [
      fileCreate,
      { name: "a", mediaType: "text/plain", bytes: 26_214_401 },
      'invalid | The body: "bytes": a file has at most 25 MB.',
    ],
  ])("says what is wrong and what would be right (%#)", (schema, input, expected) => {
    expect(refusal(() => parseForm(schema, input, "The body"))).toBe(expected)
  })

  it("refuses unknown fields that every object inherits", () => {
    const input = JSON.parse(`{"runId":"${runId}","model":"x","constructor":1}`) as unknown
    expect(refusal(() => parseForm(startBody, input, "The body"))).toContain('no field "constructor"')
  })

  it("keeps the refusal short, however long the wrong value is", () => {
    expect(
      refusal(() => parseForm(startBody, { runId, model: 1, chatId: "x", message: "y".repeat(1e6) }, "The body"))
        .length,
    ).toBeLessThan(400)
    expect(
      refusal(() => parseForm(startBody, { runId, model: "x", ["k".repeat(1e6)]: 1 }, "The body")).length,
    ).toBeLessThan(400)
  })

  it("does not repeat what was sent when it is no JSON", () => {
    expect(refusal(() => parseJson("secret{", "The body"))).toBe("invalid | The body is not JSON.")
  })
})
