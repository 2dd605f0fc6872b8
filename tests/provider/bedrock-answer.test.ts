import type { ModelEvent } from "@omnichat/core/model/provider"
import type { BedrockOptions } from "@omnichat/core/provider/bedrock/provider"
import { Socket } from "node:net"
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest"
import {
  bedrockOver,
  blockStop,
  call,
  chatOn,
  hasteful,
  input,
  lastSent,
  stop,
  text,
  thought,
  usage,
  wordsOf,
} from "../support/bedrock-scene.ts"
import { startBedrockStandIn } from "../support/bedrock-stand-in.ts"
import type { BedrockModel, BedrockStandIn } from "../support/bedrock-stand-in.ts"
import { ask, collect, textOf } from "./collect.ts"

/** What becomes of Bedrock's answers, through AWS's own client. */

const opus = "eu.anthropic.claude-opus-4-5-20251101-v1:0"
const sonnet = "eu.anthropic.claude-sonnet-4-5-20250929-v1:0"
const haiku = "eu.anthropic.claude-haiku-4-5-20251001-v1:0"
const hidden = Buffer.from([1, 2, 3])

const models: BedrockModel[] = [
  { id: "echo" },
  {
    id: "interleaved",
    events: [
      ["messageStart", { role: "assistant" }],
      thought({ text: "Hm" }, 0),
      text("One", 2),
      call("c1", "look_up", 3),
      thought({ text: ", so." }, 0),
      input('{"a"', 3),
      thought({ signature: "se" }, 0),
      thought({ signature: "al" }, 0),
      thought({ text: "Then" }, 0),
      thought({ redactedContent: hidden.toString("base64") }, 1),
      text(" two", 2),
      input(":1}", 3),
      blockStop(3),
      blockStop(0),
      blockStop(1),
      stop("tool_use"),
      usage({ inputTokens: 7, outputTokens: 3, totalTokens: 10 }),
    ],
  },
  { id: "sealed-only", events: [thought({ signature: "seal" }), blockStop(), text("Yes.", 1), blockStop(1), stop()] },
  {
    id: "silent-call",
    events: [call("c1", "look_up", 0), blockStop(0), call("c2", "look_up", 1), input("no JSON", 1), stop("tool_use")],
  },
  {
    id: "cached",
    events: [
      text("x"),
      stop(),
      usage({
        inputTokens: 10,
        outputTokens: 2,
        totalTokens: 512,
        cacheReadInputTokens: 400,
        cacheWriteInputTokens: 100,
      }),
    ],
  },
  { id: opus, status: 429, refusals: 3, text: "At last." },
  { id: "eu.amazon.nova-pro-v1:0", status: 429 },
  { id: "eu.amazon.nova-lite-v1:0", text: "Lite says." },
  { id: "eu.amazon.nova-micro-v1:0", status: 503 },
  { id: sonnet, status: 429, refusal: "Too many tokens per day, please wait before trying again." },
  { id: haiku, text: "Haiku says." },
  {
    id: "guarded",
    events: [text("Sorry, the guardrail of Example Inc. forbids this."), blockStop(), stop("guardrail_intervened")],
  },
  { id: "guarded-silently", events: [stop("guardrail_intervened")] },
  { id: "filtered-silently", events: [stop("content_filtered")] },
  { id: "long", events: [text("Half of "), text("it"), text(" and more"), stop()], silentBefore: 2 },
  {
    id: "thinks-long",
    events: [call("c1", "look_up", 0), input("{}", 0), blockStop(), stop("tool_use")],
    silentBefore: 1,
  },
  {
    id: "meta.llama3-1-70b-instruct-v1:0",
    whole: {
      output: {
        message: {
          role: "assistant",
          content: [
            { reasoningContent: { reasoningText: { text: "Hm.", signature: "s" } } },
            { text: "I look." },
            { toolUse: { toolUseId: "c1", name: "look_up", input: { a: 1 } } },
          ],
        },
      },
      stopReason: "tool_use",
      usage: { inputTokens: 4, outputTokens: 5, totalTokens: 9 },
    },
  },
]

let server: BedrockStandIn
beforeAll(async () => {
  server = await startBedrockStandIn({ models })
})
afterAll(() => server.close())

const provider = (options: Partial<BedrockOptions> = {}) =>
  bedrockOver(
    server,
    models.map(({ id }) => id),
    options,
  )
const tools = [{ name: "look_up", description: "", inputSchema: {} }]
const answerOf = (model: string, options: Partial<BedrockOptions> = {}) =>
  collect(provider(options), { model, messages: ask("Why?"), params: {}, tools })
const kindsOf = (events: readonly ModelEvent[]) =>
  events.map((event) => ("id" in event ? `${event.type} ${event.id}` : event.type))

describe("models 3: deltas", () => {
  test("belong to the block of their index whatever order they come in; a seal ends a thought; a start may be missing", async () => {
    const { events, error } = await answerOf("interleaved")
    expect(error).toBeUndefined()
    const mark = { model: "interleaved" }
    expect(events).toEqual([
      { type: "reasoning-start", id: "1" },
      { type: "reasoning-delta", id: "1", delta: "Hm" },
      { type: "text-start", id: "2" },
      { type: "text-delta", id: "2", delta: "One" },
      { type: "tool-input-start", id: "c1", toolName: "look_up" },
      { type: "reasoning-delta", id: "1", delta: ", so." },
      { type: "tool-input-delta", id: "c1", delta: '{"a"' },
      { type: "reasoning-end", id: "1", providerMetadata: { bedrock: { ...mark, signature: "seal" } } },
      { type: "reasoning-start", id: "3" },
      { type: "reasoning-delta", id: "3", delta: "Then" },
      { type: "text-delta", id: "2", delta: " two" },
      { type: "tool-input-delta", id: "c1", delta: ":1}" },
      { type: "tool-input-available", id: "c1", toolName: "look_up", input: { a: 1 } },
      { type: "reasoning-end", id: "3" },
      { type: "reasoning-start", id: "4" },
      { type: "reasoning-end", id: "4", providerMetadata: { bedrock: { ...mark, redactedData: "AQID" } } },
      { type: "text-end", id: "2" },
      { type: "finish", finishReason: "tool-calls", usage: { inputTokens: 7, outputTokens: 3 } },
    ])
  })

  test("a seal without words is no thought", async () => {
    expect(kindsOf((await answerOf("sealed-only")).events)).toEqual([
      "text-start 2",
      "text-delta 2",
      "text-end 2",
      "finish",
    ])
  })

  test("a call without input has an empty one, and what is no JSON is the model's own text", async () => {
    const { events } = await answerOf("silent-call")
    expect(events.flatMap((event) => (event.type === "tool-input-available" ? [event.input] : []))).toEqual([
      {},
      "no JSON",
    ])
  })

  test("an answer that comes whole is told as one that was streamed", async () => {
    const { events } = await answerOf("meta.llama3-1-70b-instruct-v1:0")
    expect(kindsOf(events)).toEqual([
      "reasoning-start 1",
      "reasoning-delta 1",
      "reasoning-end 1",
      "text-start 2",
      "text-delta 2",
      "text-end 2",
      "tool-input-start c1",
      "tool-input-delta c1",
      "tool-input-available c1",
      "finish",
    ])
    expect(events.at(-1)).toMatchObject({ finishReason: "tool-calls", usage: { inputTokens: 4, outputTokens: 5 } })
  })
})

test("models 11: what a cache was read and written with is input, and told apart", async () => {
  expect((await answerOf("cached")).events.at(-1)).toMatchObject({
    usage: { inputTokens: 510, outputTokens: 2, cacheReadTokens: 400, cacheWriteTokens: 100 },
  })
})

describe("models 12: a model that is throttled", () => {
  test("is asked again after growing pauses with some chance in them, and answers then", async () => {
    const { pauses, clock } = hasteful()
    const before = server.requests.length
    const { events, error } = await answerOf(opus, { patience: { clock, random: () => 0.5 } })
    expect([error, textOf(events)]).toEqual([undefined, "At last."])
    expect(pauses).toEqual([750, 1500, 3000])
    expect(server.requests.length - before).toBe(4)
  })

  test("for a minute is given up in time, for the one the table names, which is asked in its own way", async () => {
    const { pauses, clock } = hasteful()
    const heard: string[] = []
    const onFallback = (from: string, to: string) => heard.push(`${from} → ${to}`)
    const { events, error } = await answerOf("eu.amazon.nova-pro-v1:0", { patience: { clock }, onFallback })
    expect([error, textOf(events)]).toEqual([undefined, "Lite says."])
    expect(heard).toEqual(["eu.amazon.nova-pro-v1:0 → eu.amazon.nova-lite-v1:0"])
    expect(pauses).toHaveLength(4)
    expect(pauses.reduce((sum, each) => sum + each, 0)).toBeLessThanOrEqual(15_000)
    expect(server.requests.at(-1)?.path).toBe("/model/eu.amazon.nova-lite-v1%3A0/converse-stream")
  })

  test("is told in words where nobody else can answer, and may be tried again", async () => {
    const { events, error } = await answerOf("eu.amazon.nova-micro-v1:0")
    expect(events).toEqual([])
    expect(error).toMatchObject({
      code: "model_unavailable",
      retryable: true,
      message: expect.stringMatching(
        /^eu\.amazon\.nova-micro-v1:0 cannot answer now .*Try again in a moment\.$/,
      ) as string,
    })
  })

  test("for the day is not waited for", async () => {
    const { pauses, clock } = hasteful()
    const { events } = await answerOf(sonnet, { patience: { clock } })
    expect([textOf(events), pauses]).toEqual(["Haiku says.", []])
  })

  test("is no longer waited for when somebody stops", async () => {
    const stopping = new AbortController()
    const clock = {
      now: () => 0,
      sleep: () => {
        stopping.abort(new Error("stopped by hand"))
        return Promise.resolve()
      },
    }
    const before = server.requests.length
    const request = { model: "eu.amazon.nova-micro-v1:0", messages: ask("Why?"), params: {} }
    const { error } = await collect(provider({ patience: { clock } }), request, stopping.signal)
    expect([String(error), server.requests.length - before]).toEqual(["Error: stopped by hand", 1])
  })
})

describe("models 13: a guardrail", () => {
  const guardrail = { guardrailIdentifier: "gr-1", guardrailVersion: "1", streamProcessingMode: "sync" as const }

  test("is shown with its own words", async () => {
    const { events } = await answerOf("guarded", { guardrail })
    expect(textOf(events)).toBe("Sorry, the guardrail of Example Inc. forbids this.")
    expect(events.at(-1)).toMatchObject({ finishReason: "content-filter" })
  })

  test.each([
    ["guarded-silently", /guardrail of this service stopped/],
    ["filtered-silently", /by its own rules/],
  ])("%s leaves no empty answer", async (model, words) => {
    const { events } = await answerOf(model)
    expect(textOf(events)).toMatch(words)
    expect(events.at(-1)).toMatchObject({ finishReason: "content-filter" })
  })

  test("judges what is asked now, so that one stopped message does not stop all later ones", async () => {
    const messages = [
      ...ask("Bad."),
      { role: "assistant" as const, content: ask("Sorry.").flatMap((m) => m.content) },
      ...ask("Good?"),
    ]
    await collect(provider({ guardrail }), { model: "echo", messages, params: {} })
    const sent = lastSent(server)
    expect(sent.guardrailConfig).toEqual(guardrail)
    expect(sent.messages.map(({ content }) => content)).toEqual([
      [{ text: "Bad." }],
      [{ text: "Sorry." }],
      [{ guardContent: { text: { text: "Good?" } } }],
    ])
  })
})

describe("models 14: stop", () => {
  test("reaches the model, and the partial answer and its usage are saved", async () => {
    const inner = provider()
    let heard = (): void => {}
    const halfOfIt = new Promise<void>((resolve) => (heard = resolve))
    const chat = chatOn({
      ...inner,
      async *stream(request, signal) {
        let deltas = 0
        for await (const event of inner.stream(request, signal)) {
          yield event
          if (event.type === "text-delta" && ++deltas === 2) heard()
        }
      },
    })
    const before = server.requests.length
    const answer = await chat.say("Tell me all.", "long", async (stopIt) => {
      await halfOfIt
      await stopIt()
    })
    expect(await server.requests[before]?.ended).toBe("left")
    expect(answer).toMatchObject({ status: "stopped", usage: { outputTokens: 3, estimated: true } })
    expect(wordsOf(answer)).toBe("Half of it")
    expect(wordsOf(await chat.say("Go on.", "echo"))).toBe("You said: Go on. (messages: 3)")
  })
})

test("a model may be silent for as long as it thinks: nothing ends a request by the clock", async () => {
  const atSocket = vi.spyOn(Socket.prototype, "setTimeout")
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval"] })
  let limits: number[] | undefined
  const request = { model: "thinks-long", messages: ask("Why?"), params: {}, tools }
  const told: ModelEvent[] = []
  for await (const event of provider().stream(request, new AbortController().signal)) {
    told.push(event)
    if (event.type !== "tool-input-start") continue
    vi.advanceTimersByTime(120_000)
    limits = atSocket.mock.calls.map(([ms]) => ms).filter((ms) => ms > 0)
    server.release()
  }
  expect(told.at(-1)).toMatchObject({ type: "finish", finishReason: "tool-calls" })
  expect(limits).toEqual([])
  vi.useRealTimers()
  atSocket.mockRestore()
})
