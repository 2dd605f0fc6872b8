import type { ModelContent } from "@omnichat/core/model/provider"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import {
  bedrockOver,
  blockStop,
  call,
  chatOn,
  input,
  lastSent,
  stop,
  text,
  usage,
  wordsOf,
} from "../support/bedrock-scene.ts"
import { startBedrockStandIn } from "../support/bedrock-stand-in.ts"
import type { BedrockModel, BedrockStandIn } from "../support/bedrock-stand-in.ts"
import { collect } from "./collect.ts"

/** Bad days of Bedrock, each through the run engine: what a person reads then, and that the chat goes on afterwards. */

type BadDay = BedrockModel & { day: string; status?: number; ends: "failed" | "complete"; says: RegExp; keeps?: string }

const cut = [text("Half of "), text("it and more"), blockStop(), stop()]
const tooLong = "Input is too long for requested model."
const days: readonly BadDay[] = [
  {
    day: "no access to the model",
    id: "anthropic.no-access",
    status: 403,
    refusal: "You don't have access to the model with the specified model ID.",
    ends: "failed",
    says: /does not let this service use anthropic\.no-access .*Open the model once in the Bedrock console/,
  },
  {
    day: "an expired credential",
    id: "expired",
    status: 403,
    exception: "ExpiredTokenException",
    refusal: "The security token included in the request is expired",
    ends: "failed",
    says: /credentials of this service have expired .*aws sso login/,
  },
  {
    day: "throttled for a minute",
    id: "throttled",
    status: 429,
    refusal: "Too many requests, please wait before trying again.",
    ends: "failed",
    says: /throttled cannot answer now .*Try again in a moment/,
  },
  {
    day: "throttled in the middle of an answer",
    id: "throttled-late",
    events: [text("Half of "), ["throttlingException", { message: "Too many tokens." }]],
    ends: "failed",
    says: /cannot answer now .*Too many tokens/,
    keeps: "Half of ",
  },
  {
    day: "an exception in the middle of an answer",
    id: "dies-late",
    events: [text("Half of "), ["modelStreamErrorException", { message: "The model is gone." }]],
    ends: "failed",
    says: /failed .*The model is gone/,
    keeps: "Half of ",
  },
  {
    day: "a connection cut inside a frame",
    id: "cut",
    events: cut,
    cutInside: 1,
    ends: "failed",
    says: /broke off in the middle of its answer/,
    keeps: "Half of ",
  },
  {
    day: "an answer without its end mark",
    id: "endless",
    events: cut.slice(0, 2),
    ends: "failed",
    says: /without an end mark/,
    keeps: "Half of it and more",
  },
  {
    day: "a call of a tool that nobody has",
    id: "calls",
    events: [text("I look."), blockStop(), call("c1", "look_up", 1), input("{}", 1), blockStop(1), stop("tool_use")],
    ends: "complete",
    says: /^$/,
    keeps: "I look.",
  },
  {
    day: "a guardrail that stops the answer",
    id: "guarded",
    events: [text("This is not allowed here."), blockStop(), stop("guardrail_intervened")],
    ends: "complete",
    says: /^$/,
    keeps: "This is not allowed here.",
  },
  {
    day: "a guardrail without words",
    id: "guarded-silently",
    events: [stop("guardrail_intervened"), usage({ inputTokens: 3, outputTokens: 0, totalTokens: 3 })],
    ends: "complete",
    says: /^$/,
    keeps: "*A guardrail of this service stopped this answer. Ask in another way.*",
  },
  {
    day: "a chat that is too long for the model",
    id: "short",
    status: 400,
    refusal: tooLong,
    ends: "failed",
    says: /longer than short can read .*new chat/,
  },
  {
    day: "a model that is at the end of its life",
    id: "old",
    status: 404,
    refusal: "This model version has reached the end of its life.",
    ends: "failed",
    says: /Bedrock has no model old .*end of its life.*Choose another model/,
  },
]

let server: BedrockStandIn
beforeAll(async () => {
  server = await startBedrockStandIn({ models: [...days, { id: "echo" }, { id: "eu.amazon.nova-lite-v1:0" }] })
})
afterAll(() => server.close())

const provider = () =>
  bedrockOver(
    server,
    server.models.map(({ id }) => id),
  )

describe("a bad day of Bedrock leaves a chat that goes on", () => {
  test.each(days.map((day) => [day.day, day] as const))("%s", async (_, { id, ends, says, keeps = "" }) => {
    const chat = chatOn(provider())
    await chat.say("Hello.", "echo")
    const answer = await chat.say("Why?", id)
    expect(answer.status).toBe(ends)
    expect(answer.error?.message ?? "").toMatch(says)
    expect(answer.error?.message ?? "").not.toMatch(/Exception:.*Exception:|at .*\.js|\[object/)
    expect(wordsOf(answer)).toBe(keeps)
    const next = await chat.say("And now?", "echo")
    expect([next.status, next.error]).toEqual(["complete", undefined])
    expect(wordsOf(next)).toMatch(/^You said: .*And now\?/s)
  })

  test("an image that is too large", async () => {
    const image: ModelContent = {
      type: "file",
      filename: "photo.png",
      mediaType: "image/png",
      bytes: new Uint8Array(4_000_000),
    }
    const question = { role: "user" as const, content: [{ type: "text" as const, text: "What is it?" }, image] }
    const request = { model: "eu.amazon.nova-lite-v1:0", params: {} }
    const { error } = await collect(provider(), { ...request, messages: [question] })
    expect(error).toMatchObject({ code: "invalid", message: expect.stringContaining("photo.png") as string })
    const next = { role: "user" as const, content: [{ type: "text" as const, text: "Never mind." }] }
    expect((await collect(provider(), { ...request, messages: [question, next] })).error).toBeUndefined()
    expect(lastSent(server).messages[0]?.content).toEqual([
      { text: "What is it?\n\n[The file photo.png (image/png) was here; this model cannot read it.]\n\nNever mind." },
    ])
  })
})
