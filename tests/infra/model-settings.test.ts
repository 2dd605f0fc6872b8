import { parseAliases } from "@omnichat/core/model/alias-form"
import { describe, expect, it } from "vitest"
import { readSettings } from "../../infra/settings.ts"
import { poolInFull } from "./pool-stage.ts"

const modelsOf = (list: string) => readSettings("dev", { OMNICHAT_BEDROCK_MODELS: list }).bedrockModels
const aliasesOf = (text: string) => readSettings("dev", { OMNICHAT_ALIASES: text }).aliases

describe("the models of Bedrock that a stage offers", () => {
  it("are all, unless some are named, or none", () => {
    expect(readSettings("dev", {})).not.toHaveProperty("bedrockModels")
    expect(modelsOf(" amazon.nova-lite-v1:0 , us.anthropic.*,anthropic.claude-*,amazon.nova-lite-v1:0,")).toEqual([
      "amazon.nova-lite-v1:0",
      "us.anthropic.*",
      "anthropic.claude-*",
    ])
    expect(modelsOf("none")).toEqual([])
  })

  it.each([
    "nova",
    "*",
    "a*b.c",
    "amazon.nova lite",
    "none,amazon.nova-lite-v1:0",
    "amazon.",
    ",",
    "live",
    "Amazon Nova",
  ])("are not %j, and it says what would be right", (list) => {
    expect(() => modelsOf(list)).toThrow("each is a model's id, or the beginning of one with a star, like amazon.nova")
  })

  it("are as many as a policy has room for", () => {
    const ids = (many: number) => Array.from({ length: many }, (_, at) => `maker.model-${at}`).join()
    expect(modelsOf(ids(20))).toHaveLength(20)
    expect(() => modelsOf(ids(21))).toThrow("has 21 ids, and at most 20 have room. Put some together, like anthropic.*")
  })

  it.each(["amazon.nova-lite-v1:0", "us.amazon.nova-lite-v1:0", "amazon.*", "us.*", "anthropic.*,us.amazon.nova-*"])(
    "may be asked in a GPU's stead where they are among %s",
    (list) => {
      expect(() => readSettings("dev", { ...poolInFull, OMNICHAT_BEDROCK_MODELS: list })).not.toThrow()
    },
  )

  it.each(["none", "anthropic.*", "eu.amazon.*", "amazon.nova-lite"])("may not be where they are not: %s", (list) => {
    expect(() => readSettings("dev", { ...poolInFull, OMNICHAT_BEDROCK_MODELS: list })).toThrow(
      `OMNICHAT_POOL_FALLBACK is "bedrock/us.amazon.nova-lite-v1:0", and OMNICHAT_BEDROCK_MODELS is ${list}: add us.amazon`,
    )
  })
})

const target = "ollama/qwen3:8b"
const good = { id: "smart", targets: [target] }
const timed = { model: target, waitAtMostSeconds: 20 }

describe("the aliases of a stage", () => {
  it("are told as they are, without room for nothing", () => {
    expect(aliasesOf(JSON.stringify([good], undefined, 2))).toBe(JSON.stringify([good]))
    expect(aliasesOf(" ")).toBeUndefined()
  })

  it.each<[text: string, says: string]>([
    ["smart=a", "OMNICHAT_ALIASES: it is no JSON ("],
    ["{}", "OMNICHAT_ALIASES: it is no list. For instance ["],
    ["[7]", "entry 1 has no id, or a wrong one"],
    [JSON.stringify([{ ...good, targets: [] }]), "smart has no targets, or a wrong one"],
    [JSON.stringify([{ ...good, temperature: 1 }]), "smart has temperature, which means nothing"],
    [JSON.stringify([good, good]), "it has smart twice"],
    [JSON.stringify(Array.from({ length: 40 }, (_, at) => ({ ...good, id: `a${at}` }))), "there is room for 1200"],
  ])("are not %s", (text, says) => expect(() => aliasesOf(text)).toThrow(says))

  it.each<object[]>(
    [
      [good],
      [{ ...good, name: "Smart", targets: [timed, "bedrock/us.amazon.nova-pro-v1:0"] }],
      [{ ...good, capabilities: ["images", "tools", "reasoning"], contextLength: 8192 }],
      [{ ...good, capabilities: [] }],
      [{ id: "Smart", targets: [target] }],
      [{ id: "a".repeat(65), targets: [target] }],
      [{ targets: [target] }],
      [{ id: "smart" }],
      [{ ...good, targets: target }],
      [{ ...good, targets: ["auto/other"] }],
      [{ ...good, targets: ["qwen3:8b"] }],
      [{ ...good, targets: [null] }],
      [{ ...good, targets: Array(9).fill(target) }],
      [{ ...good, targets: [{ waitAtMostSeconds: 20 }] }],
      [{ ...good, targets: [{ ...timed, waitAtMostSeconds: "20" }] }],
      [{ ...good, targets: [{ ...timed, waitAtMostSeconds: -1 }] }],
      [{ ...good, targets: [{ ...timed, waitAtMostSeconds: 3601 }] }],
      [{ ...good, targets: [{ ...timed, more: true }] }],
      [{ ...good, name: "" }],
      [{ ...good, name: "n".repeat(101) }],
      [{ ...good, capabilities: ["sound"] }],
      [{ ...good, contextLength: 0.5 }],
      [{ ...good, contextLength: 0 }],
      [{ ...good, id: 7 }],
      [{ ...good, toString: "x" }],
      ["smart"],
    ].map((each) => [each]),
  )("are taken when the functions would take them: %j", (list) => {
    const text = JSON.stringify(list)
    if (parseAliases(text) === undefined) expect(() => aliasesOf(text)).toThrow(/./)
    else expect(aliasesOf(text)).toBe(text)
  })
})
