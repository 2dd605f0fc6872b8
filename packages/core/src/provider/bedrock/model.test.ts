import { expect, test } from "vitest"
import { baseId, bedrockFacts, fallbackOf, listed, worldPart } from "./model.ts"

const model = (id: string) => ({ id, name: id, capabilities: [], maxOutputTokens: 9000 })
const pro = "amazon.nova-pro-v1:0"
const lite = "amazon.nova-lite-v1:0"

test.each([
  [pro, pro, ""],
  [`eu.${pro}`, pro, "eu."],
  [`us-gov.${pro}`, pro, "us-gov."],
  [`arn:aws:bedrock:us-east-1:123456789012:inference-profile/global.${pro}`, pro, "global."],
  ["eu", "eu", ""],
])("%s is %s, bound to %j", (id, base, part) => {
  expect([baseId(id), worldPart(id)]).toEqual([base, part])
})

test.each([
  [`eu.${pro}`, [`us.${lite}`, `eu.${lite}`], `eu.${lite}`],
  [`eu.${pro}`, [lite], lite],
  [`eu.${pro}`, [`us.${lite}`, `global.${lite}`], undefined],
  [`global.${pro}`, [`us.${lite}`], `us.${lite}`],
  [pro, [`eu.${lite}`], undefined],
  ["newvendor.model", [lite], undefined],
])("in the stead of %s, with %j there, answers %s: never from farther away", (id, others, expected) => {
  expect(fallbackOf(model(id), [model(id), ...others.map(model)])?.id).toBe(expected)
})

test("what is configured stands before the table, and the table before what is safe", () => {
  expect(listed({ ...model(`us.${lite}`), contextLength: 7, outputPrice: 1 })).toMatchObject({
    contextLength: 7,
    outputPrice: 1,
    capabilities: ["images", "tools"],
  })
  expect(listed(model("eu.anthropic.claude-opus-5")).outputPrice).toBeCloseTo(27.5)
  expect(listed(model("global.anthropic.claude-opus-5")).outputPrice).toBe(25)
  expect(bedrockFacts(model("newvendor.model"))).toEqual({
    maxOutputTokens: 9000,
    usualOutputTokens: 8192,
    sampling: "both",
    prefill: true,
    system: true,
    reasoning: { kind: "none" },
    streams: true,
    tools: "none",
    forcedTools: false,
    toolErrors: false,
    caching: null,
    images: null,
    documents: null,
  })
  expect(bedrockFacts({ ...model("own"), capabilities: ["images", "tools"], streams: false })).toMatchObject({
    images: { count: 20 },
    tools: "streaming",
    streams: false,
  })
})
