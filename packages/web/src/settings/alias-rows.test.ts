import { expect, test } from "vitest"
import { aliasRows } from "./alias-rows.ts"

const models = [
  { id: "ollama/qwen3:32b", name: "qwen3:32b", provider: "ollama", capabilities: [] },
  { id: "bedrock/us.amazon.nova-pro-v1:0", name: "Nova Pro", provider: "bedrock", capabilities: [] },
]

const targetsOf = (...targets: { model: string; waitAtMostSeconds?: number }[]) =>
  aliasRows([{ id: "smart", name: "Smart", targets }], models)[0]?.targets

test("a name tells what stands behind it, in the order in which it is asked", () => {
  const [nova, qwen] = [{ model: "bedrock/us.amazon.nova-pro-v1:0" }, { model: "ollama/qwen3:32b" }]
  expect(targetsOf({ ...qwen, waitAtMostSeconds: 20 }, nova)).toEqual([
    { name: "qwen3:32b", from: "Ollama", isThere: true, note: "if within 20 s" },
    { name: "Nova Pro", from: "Amazon Bedrock", isThere: true, note: "" },
  ])
  expect(targetsOf({ ...qwen, waitAtMostSeconds: 150 }, nova)?.[0]?.note).toBe("if within 2.5 min")
})

test("the last one is waited for whatever it says", () => {
  expect(targetsOf({ model: "ollama/qwen3:32b", waitAtMostSeconds: 20 })?.[0]?.note).toBe("")
})

test("a model that is not there keeps its name", () => {
  const gone = { name: "gpt-oss:120b", from: "Ollama", isThere: false, note: "Not there" }
  expect(targetsOf({ model: "ollama/gpt-oss:120b", waitAtMostSeconds: 20 }, { model: "demo/tour" })?.[0]).toEqual(gone)
})
