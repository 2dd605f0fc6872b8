import { expect, it } from "vitest"
import { aliasExample, parseAliases } from "./alias-form.ts"

const one = (more: object = {}) => JSON.stringify([{ id: "smart", targets: ["ollama/qwen3:8b"], ...more }])

it("takes what the example shows", () => {
  expect(parseAliases(aliasExample)).toEqual([
    {
      id: "smart",
      name: "Smart",
      targets: [{ model: "ollama/qwen3:32b", waitAtMostSeconds: 20 }, { model: "bedrock/us.amazon.nova-pro-v1:0" }],
    },
  ])
})

it("names an alias by its id where it has no name, and keeps what it says of itself", () => {
  expect(parseAliases(one({ capabilities: ["images"], contextLength: 32_000 }))).toEqual([
    {
      id: "smart",
      name: "smart",
      targets: [{ model: "ollama/qwen3:8b" }],
      capabilities: ["images"],
      contextLength: 32_000,
    },
  ])
  expect(parseAliases("[]")).toEqual([])
})

it.each([
  ["no JSON", "smart=ollama/qwen3"],
  ["no list", '{"id":"smart","targets":["ollama/a"]}'],
  ["an id with a slash", one({ id: "a/b" })],
  ["an id in capitals", one({ id: "Smart" })],
  ["no target", one({ targets: [] })],
  ["a target without its provider", one({ targets: ["qwen3:8b"] })],
  ["an alias as a target", one({ targets: ["auto/other"] })],
  ["a wait of less than nothing", one({ targets: [{ model: "ollama/a", waitAtMostSeconds: -1 }] })],
  ["a wait that is a text", one({ targets: [{ model: "ollama/a", waitAtMostSeconds: "20" }] })],
  ["an unknown field", one({ target: "ollama/a" })],
  ["an unknown field of a target", one({ targets: [{ model: "ollama/a", wait: 1 }] })],
  ["an unknown capability", one({ capabilities: ["sight"] })],
  ["an empty name", one({ name: "" })],
  ["the same id twice", JSON.stringify([...JSON.parse(one()), ...JSON.parse(one())])],
])("takes no aliases from %s", (_what, text) => {
  expect(parseAliases(text)).toBeUndefined()
})
