import type { ModelContent, ModelEvent, ModelMessage, ModelRequest, ModelTool } from "@omnichat/core/model/provider"
import type { BedrockOptions } from "@omnichat/core/provider/bedrock/provider"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { blockStop, bedrockOver, call, input, lastSent, stop, text, thought } from "../support/bedrock-scene.ts"
import type { Sent, SentBlock } from "../support/bedrock-rules.ts"
import { startBedrockStandIn } from "../support/bedrock-stand-in.ts"
import type { BedrockModel, BedrockStandIn } from "../support/bedrock-stand-in.ts"
import { ask, collect } from "./collect.ts"

/** What arrives at Bedrock, through AWS's own client. The server refuses what Bedrock would. */

const opus = "global.anthropic.claude-opus-5-5"
const sonnet = "eu.anthropic.claude-sonnet-4-5-20250929-v1:0"
const sonnet46 = "eu.anthropic.claude-sonnet-4-6"
const haiku3 = "anthropic.claude-3-haiku-20240307-v1:0"
const nova = "eu.amazon.nova-lite-v1:0"
const nova2 = "eu.amazon.nova-2-lite-v1:0"
const llama = "meta.llama3-1-70b-instruct-v1:0"
const unknown = "newvendor.model-v1:0"

/** What a model that thinks and calls says before the result. */
const calling = [
  ["messageStart", { role: "assistant" }] as const,
  thought({ text: "I have to " }),
  thought({ text: "look." }),
  thought({ signature: "sealed==" }),
  blockStop(0),
  thought({ redactedContent: Buffer.from([0, 255, 7]).toString("base64") }, 1),
  blockStop(1),
  text("I look.", 2),
  blockStop(2),
  call("call-1", "look_up", 3),
  input('{"word":', 3),
  input('"tea"}', 3),
  blockStop(3),
  stop("tool_use"),
]

const models: BedrockModel[] = [
  { id: opus },
  { id: sonnet, strict: { samplingTogether: true } },
  { id: sonnet46, strict: { samplingTogether: true, prefill: true, cacheForAnHour: true } },
  { id: haiku3 },
  { id: nova, strict: { cacheForAnHour: true } },
  { id: nova2, strict: { cacheForAnHour: true } },
  {
    id: llama,
    whole: { output: { message: { role: "assistant", content: [{ text: "Whole." }] } }, stopReason: "end_turn" },
  },
  { id: unknown, strict: { prefill: true, samplingTogether: true } },
]

let server: BedrockStandIn
beforeAll(async () => {
  server = await startBedrockStandIn({
    models: [...models, { id: "eu.anthropic.claude-opus-4-5-20251101-v1:0", events: calling }],
  })
})
afterAll(() => server.close())

const provider = (options: Partial<BedrockOptions> = {}) =>
  bedrockOver(
    server,
    server.models.map(({ id }) => id),
    options,
  )

/** Asks, expects to be answered, and gives what was sent. */
async function sentTo(
  model: string,
  request: Partial<ModelRequest>,
  options: Partial<BedrockOptions> = {},
): Promise<Sent> {
  const { error } = await collect(provider(options), { model, messages: ask("Why?"), params: {}, ...request })
  expect(error).toBeUndefined()
  return lastSent(server)
}

const tool = (name: string, description = "Looks a word up."): ModelTool => ({
  name,
  description,
  inputSchema: { type: "object", properties: { word: { type: "string" } } },
})
const user = (...content: ModelContent[]): ModelMessage => ({ role: "user", content })
const assistant = (...content: ModelContent[]): ModelMessage => ({ role: "assistant", content })
const said = (text: string): ModelContent => ({ type: "text", text })
const called = (id: string, input: unknown = {}, name = "look_up"): ModelContent => ({
  type: "tool-call",
  id,
  name,
  input,
})
const gave = (id: string, output: unknown = "tea", name = "look_up"): ModelContent => ({
  type: "tool-result",
  id,
  name,
  output,
})
const thinking = (text: string, mark: Record<string, string>): ModelContent => ({
  type: "reasoning",
  text,
  providerMetadata: { bedrock: { model: "anthropic.claude-sonnet-4-5-20250929-v1:0", ...mark } },
})
const blocks = ({ messages }: Sent): SentBlock[] => messages.flatMap(({ content }) => content)

/** An answer as it is given back with the results of its calls. */
function asContent(events: readonly ModelEvent[]): ModelContent[] {
  const content: ModelContent[] = []
  for (const event of events) {
    const last = content.at(-1)
    if (event.type === "text-start") content.push({ type: "text", text: "" })
    if (event.type === "reasoning-start") content.push({ type: "reasoning", text: "" })
    if (event.type === "text-delta" && last?.type === "text") last.text += event.delta
    if (event.type === "reasoning-delta" && last?.type === "reasoning") last.text += event.delta
    if (event.type === "reasoning-end" && last?.type === "reasoning" && event.providerMetadata) {
      last.providerMetadata = event.providerMetadata
    }
    if (event.type === "tool-input-available") content.push(called(event.id, event.input, event.toolName))
  }
  return content
}

describe("models 1: a thought with a seal and no words", () => {
  test.each([[""], [" \n"], [null as unknown as string]])("is not given back with the text %j", async (words) => {
    const messages = [
      ...ask("Look up tea."),
      assistant(thinking(words, { signature: "sealed==" }), thinking("Real.", { signature: "s" }), called("1")),
      user(gave("1")),
    ]
    const sent = await sentTo(sonnet, { messages, tools: [tool("look_up")] })
    expect(blocks(sent).flatMap(({ reasoningContent }) => reasoningContent ?? [])).toEqual([
      { reasoningText: { text: "Real.", signature: "s" } },
    ])
  })
})

describe("models 2: thoughts beside calls of tools", () => {
  const id = "eu.anthropic.claude-opus-4-5-20251101-v1:0"

  test("come back to their model sealed, hidden ones as the bytes they were, in the order of the answer", async () => {
    const request = { model: id, messages: ask("Look up tea."), params: {}, tools: [tool("look_up")] }
    const { events } = await collect(provider(), request)
    expect(events.at(-1)).toMatchObject({ type: "finish", finishReason: "tool-calls" })
    const messages = [...ask("Look up tea."), assistant(...asContent(events)), user(gave("call-1"))]
    await collect(provider(), { ...request, messages })
    expect(lastSent(server).messages[1]?.content).toEqual([
      { reasoningContent: { reasoningText: { text: "I have to look.", signature: "sealed==" } } },
      { reasoningContent: { redactedContent: Buffer.from([0, 255, 7]).toString("base64") } },
      { text: "I look." },
      { toolUse: { toolUseId: "call-1", name: "look_up", input: { word: "tea" } } },
    ])
    expect(lastSent(server).messages[2]?.content).toEqual([
      { toolResult: { toolUseId: "call-1", content: [{ text: "tea" }] } },
    ])
  })

  test("of an answer that is finished are left out, so that nothing before them has to stay as it was", async () => {
    const messages = [
      ...ask("Look up tea."),
      assistant(thinking("Hm.", { signature: "s" }), called("1")),
      user(gave("1")),
      assistant(thinking("Aha.", { signature: "t" }), said("It is a drink.")),
      ...ask("Thanks. And coffee?"),
    ]
    const sent = await sentTo(sonnet, { messages, tools: [tool("look_up")], params: { reasoning: "high" } })
    expect(JSON.stringify(sent.messages)).not.toContain("reasoningContent")
    expect(sent.additionalModelRequestFields).toMatchObject({ thinking: { type: "enabled" } })
  })
})

describe("models 4: calls in the history and no tools now", () => {
  const messages = [
    ...ask("Look up tea."),
    assistant(said("I look."), called("1", { word: "tea" })),
    user(gave("1", { meaning: "a drink" })),
    assistant(said("It is a drink.")),
    ...ask("Thanks."),
  ]

  test.each([
    ["no tools are bound", {}],
    ["none may be called", { tools: [tool("look_up")], toolChoice: "none" as const }],
  ])("are told as text when %s", async (_, rest) => {
    const sent = await sentTo(nova, { messages, ...rest })
    expect(sent.toolConfig).toBeUndefined()
    expect(sent.messages.map(({ content }) => content.map((block) => block.text).join(""))).toEqual([
      "Look up tea.",
      'I look.\n\n[The tool look_up was called with {"word":"tea"}.]\n\n',
      '[The tool look_up gave: {"meaning":"a drink"}]',
      "It is a drink.",
      "Thanks.",
    ])
  })

  test("stay calls when tools are bound, each with its one result, also after a stop", async () => {
    const broken = [
      ...messages.slice(0, 1),
      assistant(called("1"), called("2")),
      user(gave("2"), gave("9"), said("Go on.")),
    ]
    const sent = await sentTo(nova, { messages: broken, tools: [tool("look_up")] })
    expect(sent.messages[2]?.content).toEqual([
      { toolResult: { toolUseId: "2", content: [{ text: "tea" }] } },
      { toolResult: { toolUseId: "1", content: [{ text: "The tool was not run." }] } },
      { text: "[A tool gave: tea]\n\nGo on." },
    ])
  })

  test("are asked for whole of a model that cannot call while it streams, and else told as text", async () => {
    const request = { messages, tools: [tool("look_up")] }
    await sentTo(llama, request)
    expect(server.requests.at(-1)?.path).toMatch(/\/converse$/)
    const streaming = bedrockOver(server, [llama], {}, { streamedOnly: true })
    await collect(streaming, { model: llama, params: {}, ...request })
    expect(server.requests.at(-1)?.path).toMatch(/\/converse-stream$/)
    expect(lastSent(server).toolConfig).toBeUndefined()
  })
})

test.each([
  [null, {}],
  [undefined, {}],
  ["", {}],
  ['{"a":1}', { a: 1 }],
  ["tea", { value: "tea" }],
  [[1], { value: [1] }],
  [3, { value: 3 }],
])("models 5: an input of a call that is %j becomes %j", async (input, expected) => {
  const messages = [...ask("x"), assistant(called("1", input)), user(gave("1"))]
  const sent = await sentTo(nova, { messages, tools: [tool("look_up")] })
  expect(sent.messages[1]?.content[0]?.toolUse?.input).toEqual(input === undefined ? {} : expected)
})

describe("models 6: what is blank, and who speaks twice", () => {
  test("blank texts and descriptions are not sent, and neighbours of one role are one message", async () => {
    const messages = [
      ...ask("One"),
      assistant(said(" \n")),
      user(said("\t"), said("Two")),
      assistant(said("A"), said(" "), said("B")),
      assistant(),
      ...ask("Three"),
    ]
    const sent = await sentTo(sonnet, { messages, tools: [tool("a", "  ")], params: { system: " \n" } })
    expect(sent.messages).toEqual([
      { role: "user", content: [{ text: "One\n\nTwo" }] },
      { role: "assistant", content: [{ text: "A B" }] },
      { role: "user", content: [{ text: "Three" }] },
    ])
    expect(sent.system).toBeUndefined()
    expect(sent.toolConfig?.tools[0]?.toolSpec).not.toHaveProperty("description")
  })

  test("a result that says nothing says that, and names are as Bedrock takes them and come back as they were", async () => {
    const names = ["files.read", "files/read"]
    const messages = [...ask("x"), assistant(called("a.b", {}, "files/read")), user(gave("a.b", "", "files/read"))]
    const sent = await sentTo(nova, { messages, tools: names.map((name) => tool(name)) })
    expect(sent.toolConfig?.tools.map(({ toolSpec }) => toolSpec?.name)).toEqual(["files_read", "files_read_2"])
    expect(sent.messages[1]?.content[0]?.toolUse).toMatchObject({ toolUseId: "a_b", name: "files_read_2" })
    expect(sent.messages[2]?.content[0]?.toolResult?.content).toEqual([{ text: "nothing" }])
  })

  test("a chat without a word to answer to is refused before the call", async () => {
    const before = server.requests.length
    const { error } = await collect(provider(), { model: nova, messages: ask(" \n"), params: {} })
    expect([error, server.requests.length]).toMatchObject([{ code: "invalid" }, before])
  })
})

describe("models 7: cache points", () => {
  const long = "All of it. ".repeat(2000)
  const tools = [tool("look_up", long)]
  const params = { system: long }
  const anHour = { type: "default", ttl: "1h" }
  const fiveMinutes = { type: "default" }
  const pointsIn = (list: readonly { cachePoint?: unknown }[] | undefined) =>
    (list ?? []).map(({ cachePoint }) => cachePoint).filter(Boolean)

  test("stand after the tools, after the system text and at the tail, the longer before the shorter", async () => {
    const sent = await sentTo(sonnet, { tools, params })
    expect(sent.toolConfig?.tools.at(-1)).toEqual({ cachePoint: anHour })
    expect(sent.system?.at(-1)).toEqual({ cachePoint: anHour })
    expect(sent.messages.at(-1)?.content.at(-1)).toEqual({ cachePoint: fiveMinutes })
  })

  test.each([
    [sonnet46, [fiveMinutes], [fiveMinutes]],
    [nova, [], [fiveMinutes]],
    [llama, [], []],
    [unknown, [], []],
  ])("of %s are where that model takes them, and last as long as it keeps them", async (model, atTools, atSystem) => {
    const sent = await sentTo(model, { tools, params })
    expect(pointsIn(sent.toolConfig?.tools)).toEqual(atTools)
    expect(pointsIn(sent.system)).toEqual(atSystem)
    expect(sent.messages.flatMap(({ content }) => pointsIn(content))).toEqual(atSystem)
  })

  test("last five minutes where nobody wants to pay for an hour", async () => {
    const sent = await sentTo(sonnet, { tools, params }, { cacheForAnHour: false })
    expect([...pointsIn(sent.toolConfig?.tools), ...pointsIn(sent.system)]).toEqual([fiveMinutes, fiveMinutes])
  })

  test("are beside results of tools, not in them, and not beside a text that is blank", async () => {
    const messages = [...ask(long), assistant(called("1")), user(gave("1", long), said(" "))]
    const sent = await sentTo(sonnet, { messages, tools: [tool("look_up")] })
    expect(sent.messages.at(-1)?.content).toEqual([
      { toolResult: { toolUseId: "1", content: [{ text: long }] } },
      { cachePoint: fiveMinutes },
    ])
  })
})

describe("models 8: fields of one model", () => {
  const title = { messages: ask("Name this chat in three words."), params: { maxOutputTokens: 20 } }

  test("a small call, as for a title, has none, and no cache points", async () => {
    for (const model of [opus, sonnet, nova2]) {
      expect(Object.keys(await sentTo(model, title)).sort()).toEqual(["inferenceConfig", "messages"])
      expect(blocks(lastSent(server))).toEqual([{ text: "Name this chat in three words." }])
    }
  })

  test("none survives a change of the model, and no field of the API is among them", async () => {
    const messages = [...ask("x"), assistant(thinking("Hm.", { signature: "s" }), called("1")), user(gave("1"))]
    const request = { messages, tools: [tool("look_up")], params: { reasoning: "high" as const } }
    const fieldsOf = async (model: string) => (await sentTo(model, request)).additionalModelRequestFields
    expect(await fieldsOf(sonnet)).toEqual({ thinking: { type: "enabled", budget_tokens: 24_576 } })
    expect(blocks(lastSent(server))[1]).toHaveProperty("reasoningContent")
    expect(await fieldsOf(opus)).toEqual({
      thinking: { type: "adaptive", display: "summarized" },
      output_config: { effort: "high" },
    })
    expect(JSON.stringify(lastSent(server))).not.toContain("reasoningContent")
    expect(await fieldsOf(nova2)).toEqual({ reasoningConfig: { type: "enabled", maxReasoningEffort: "medium" } })
    expect(await fieldsOf(nova)).toBeUndefined()
    expect(await fieldsOf(unknown)).toBeUndefined()
    expect(JSON.stringify(lastSent(server))).not.toContain("reasoningContent")
  })
})

describe("models 9: what one model takes and another does not", () => {
  const params = { temperature: 1.5, topP: 0.9 }

  test.each([
    [opus, {}],
    [sonnet, { temperature: 1 }],
    [sonnet46, { temperature: 1 }],
    [haiku3, { temperature: 1, topP: 0.9 }],
    [unknown, { temperature: 1 }],
  ])("temperature and topP of %s", async (model, expected) => {
    const { maxTokens, ...sampling } = (await sentTo(model, { params })).inferenceConfig ?? {}
    expect(sampling).toEqual(expected)
    expect(maxTokens).toBeGreaterThan(0)
  })

  test.each([
    [opus, "off", { thinking: { type: "adaptive", display: "summarized" }, output_config: { effort: "low" } }, 16_384],
    [sonnet46, "off", { thinking: { type: "disabled" } }, 16_384],
    [
      sonnet46,
      "low",
      { thinking: { type: "adaptive", display: "summarized" }, output_config: { effort: "low" } },
      16_384,
    ],
    [sonnet, "off", undefined, 16_384],
    [sonnet, "medium", { thinking: { type: "enabled", budget_tokens: 8192 } }, 16_384 + 8192],
    [nova2, "off", { reasoningConfig: { type: "disabled" } }, 16_384],
    [haiku3, "high", undefined, 16_384],
  ] as const)(
    "%s that is to reason %s is told so in its own way, with a limit",
    async (model, reasoning, fields, limit) => {
      const sent = await sentTo(model, { params: { reasoning, ...(reasoning === "off" ? {} : params) } })
      expect(sent.additionalModelRequestFields).toEqual(fields)
      expect(sent.inferenceConfig?.maxTokens).toBe(limit)
      if (fields !== undefined && reasoning !== "off") expect(sent.inferenceConfig).not.toHaveProperty("temperature")
    },
  )

  test.each([
    [haiku3, false],
    [nova, false],
    [sonnet46, true],
    [unknown, true],
  ])("%s goes on from a beginning; told to in words: %s", async (model, inWords) => {
    const messages = [...ask("Count."), assistant(said("One. \n"))]
    const sent = await sentTo(model, { messages, params: { reasoning: "low" } })
    const last = sent.messages.at(-1)
    expect(last?.role).toBe(inWords ? "user" : "assistant")
    expect(last?.content[0]?.text).toMatch(inWords ? /^Your last answer was broken off/ : /^One\.$/)
  })

  test("a tool that must be called is asked for where a model can be made to, without thoughts in a budget", async () => {
    const request = { tools: [tool("a")], toolChoice: "required" as const, params: { reasoning: "high" as const } }
    const sent = await sentTo(sonnet, request)
    expect([sent.toolConfig?.toolChoice, sent.additionalModelRequestFields]).toEqual([{ any: {} }, undefined])
    expect((await sentTo(sonnet, { ...request, toolChoice: { name: "a" } })).toolConfig?.toolChoice).toEqual({
      tool: { name: "a" },
    })
    expect((await sentTo(opus, request)).toolConfig).not.toHaveProperty("toolChoice")
  })

  test("thoughts in a budget are not asked for in an answer that has called a tool without one", async () => {
    const messages = [...ask("x"), assistant(called("1")), user(gave("1"))]
    const sent = await sentTo(sonnet, { messages, tools: [tool("look_up")], params: { reasoning: "high" } })
    expect(sent.additionalModelRequestFields).toBeUndefined()
  })
})

describe("models 10: images and documents", () => {
  const file = (filename: string, mediaType: string, bytes: number | string): ModelContent => ({
    type: "file",
    filename,
    mediaType,
    bytes: typeof bytes === "string" ? Buffer.from(bytes) : new Uint8Array(bytes).fill(65),
  })

  test.each([
    [sonnet, file("photo.png", "image/png", 3_932_161), /photo\.png: it has 4 MB, and 3\.9 MB is the most/],
    [haiku3, file("report.pdf", "application/pdf", 4_500_001), /report\.pdf: it has 4\.6 MB, and 4\.5 MB is the most/],
    [nova, file("table.xlsx", "application/vnd.ms-excel", 4_600_000), /table\.xlsx: it has 4\.6 MB/],
    [llama, file("photo.png", "image/png", 10), /cannot see images/],
    [unknown, file("report.pdf", "application/pdf", 10), /cannot read PDF/],
  ])(
    "%s is not asked about what is too large for it: it is said which file, how large, and what to do",
    async (model, part, words) => {
      const before = server.requests.length
      const { error } = await collect(provider(), { model, messages: [user(said("See"), part)], params: {} })
      expect(error).toMatchObject({ code: "invalid", message: expect.stringMatching(words) as string })
      expect(server.requests.length).toBe(before)
      // In an earlier message it does not end the chat.
      const sent = await sentTo(model, { messages: [user(said("See"), part), ...ask("Never mind. Why?")] })
      expect(sent.messages[0]?.content[0]?.text).toContain("was here; this model cannot read it.")
    },
  )

  test("what a model takes is sent in its format, large PDFs where it can, under names as Bedrock wants them", async () => {
    const office = "application/vnd.openxmlformats-officedocument"
    const files = [
      file("Žluťoučký  kůň_v1.2!.pdf", "application/pdf", 4_600_000),
      file("a.docx", `${office}.wordprocessingml.document`, 10),
      file("a.xlsx", `${office}.spreadsheetml.sheet`, 10),
      file("???", "text/csv", "a,b"),
      file("page.html", "text/html", "<p>"),
      file("notes.md", "text/markdown", "# Sixth document"),
      file("photo.jpg", "image/jpeg", 10),
    ]
    const sent = await sentTo(sonnet, { messages: [user(...files)] })
    const [message] = sent.messages
    expect(
      message?.content.flatMap(({ document }) => (document ? `${document.format}: ${document.name}` : [])),
    ).toEqual(["pdf: Zlutoucky kun v1 2", "docx: a", "xlsx: a (2)", "csv: document", "html: page"])
    expect(message?.content.flatMap(({ image }) => image?.format ?? [])).toEqual(["jpeg"])
    expect(message?.content.find((block) => block.text)?.text).toContain("# Sixth document")
  })

  test("a document without words beside it gets some, and one that is sent twice has two names", async () => {
    const pdf = file("a.pdf", "application/pdf", 10)
    const sent = await sentTo(nova, { messages: [user(pdf), assistant(said("Yes.")), user(pdf)] })
    expect(blocks(sent).flatMap(({ document }) => document?.name ?? [])).toEqual(["a (2)", "a"])
  })
})
