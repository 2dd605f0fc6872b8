import type { ModelSummary } from "@omnichat/core/protocol/http"
import type { Source } from "@omnichat/core/protocol/settings"
import { expect, test } from "vitest"
import { describeSource, hasRealModel, modelName, pick, providerName, shortAddress } from "./choice.ts"
import { modelGroups, shortWindow, size } from "./list.ts"

const model = (id: string, more: Partial<ModelSummary> = {}): ModelSummary => ({
  id,
  name: id.slice(id.indexOf("/") + 1),
  provider: id.slice(0, id.indexOf("/")),
  capabilities: [],
  ...more,
})
const models = [
  model("ollama/llama3.2:3b", { capabilities: ["tools"], contextLength: 131_072 }),
  model("ollama/qwen3:14b", { capabilities: ["tools", "reasoning"] }),
  model("openai/gpt-oss", {}),
  model("demo/tour"),
]
const sources: Source[] = [
  {
    provider: "ollama",
    address: "http://localhost:11434",
    state: "found",
    models: [
      { id: "ollama/llama3.2:3b", loaded: true },
      { id: "qwen3:14b", sizeBytes: 9_300_000_000 },
    ],
  },
]

test("models stand under their providers with what is known of them", () => {
  const groups = modelGroups(models, { sources, mode: "local" }, "")
  expect(groups.map(({ label, from, rows }) => [label, from, rows.length])).toEqual([
    ["Ollama", "localhost:11434", 2],
    ["OpenAI-compatible", "", 1],
    ["Demo", "", 1],
  ])
  expect(groups[0]?.rows.map(({ state, window }) => [state, window])).toEqual([
    [{ kind: "loaded" }, "128k"],
    [{ kind: "size", text: "9.3 GB" }, ""],
  ])
})

test("every place has a name, and names for several models say what they do", () => {
  const all = [model("auto/smart"), model("ollama/a"), model("bedrock/b")]
  const region: Source = { provider: "bedrock", address: "us-east-1", state: "found", models: [] }
  const groups = (mode: "local" | "aws", search = "") =>
    modelGroups(all, { sources: mode === "aws" ? [] : [...sources, region], mode }, search).map(
      ({ label, from }) => `${label}: ${from}`,
    )
  expect(groups("local")).toEqual([
    "Automatic: the first that can answer",
    "Ollama: localhost:11434",
    "Amazon Bedrock: us-east-1",
  ])
  expect(groups("aws").slice(1)).toEqual(["GPU pool: ", "Amazon Bedrock: "])
  expect(groups("aws", "gpu pool")).toEqual(["GPU pool: "])
  expect(providerName("somewhere", "local")).toBe("somewhere")
})

test("each word of a search has to be found, in name, provider or capability", () => {
  const names = (search: string) =>
    modelGroups(models, { sources, mode: "local" }, search).flatMap(({ rows }) => rows.map((row) => row.model.name))
  expect(names("qwen")).toEqual(["qwen3:14b"])
  expect(names("OLLAMA tools")).toEqual(["llama3.2:3b", "qwen3:14b"])
  expect(names("reasoning llama3")).toEqual([])
})

test("the first wish that exists answers, and the demo only when nothing else is there", () => {
  expect(pick(models, [null, "ollama/gone", "openai/gpt-oss"])?.id).toBe("openai/gpt-oss")
  expect(pick(models.toReversed(), [undefined])?.id).toBe("openai/gpt-oss")
  expect(pick([model("demo/tour")], [])?.id).toBe("demo/tour")
  expect(pick([], ["ollama/gone"])).toBeUndefined()
  expect(pick([model("auto/smart"), ...models], ["auto/smart"])?.id).toBe("auto/smart")
  expect(pick([model("auto/smart"), ...models], [])?.id).toBe("ollama/llama3.2:3b")
  expect(pick([model("auto/smart"), model("demo/tour")], [])?.id).toBe("demo/tour")
  expect(hasRealModel([model("auto/smart"), model("demo/tour")])).toBe(false)
})

test("sizes and windows are said in two figures", () => {
  expect([0, 999, 1500, 8_149_000_000, 150_000_000].map(size)).toEqual([
    "0 bytes",
    "999 bytes",
    "1.5 kB",
    "8.1 GB",
    "150 MB",
  ])
  expect([40_960, 131_072, 200_000, 1_048_576, 512].map(shortWindow)).toEqual(["40k", "128k", "200k", "1M", "512"])
})

test("addresses lose what everybody knows", () => {
  expect(shortAddress("http://localhost:11434/")).toBe("localhost:11434")
  expect(shortAddress("https://api.example.com/v1")).toBe("api.example.com/v1")
  expect(shortAddress("nonsense")).toBe("nonsense")
})

test("sources are described as they were found", () => {
  expect(describeSource(sources[0] as Source)).toEqual({ good: true, text: "Ollama at localhost:11434, 2 models" })
  expect(describeSource({ provider: "ollama", address: "http://a:1", state: "silent", models: [] })?.text).toBe(
    "Ollama at a:1 does not answer",
  )
  expect(describeSource({ provider: "openai", state: "unset", models: [] })).toBeUndefined()
  const bedrock = { provider: "bedrock", address: "us-east-1", state: "found", models: [{ id: "a" }] } as const
  expect(describeSource({ ...bedrock, models: [...bedrock.models] })).toEqual({
    good: true,
    text: "Amazon Bedrock in us-east-1, 1 model",
  })
  expect(describeSource({ ...bedrock, models: [] })).toEqual({
    good: false,
    text: "Amazon Bedrock in us-east-1, no models",
  })
  expect(describeSource({ provider: "bedrock", state: "wrong", error: "No.", models: [] })?.text).toBe(
    "Amazon Bedrock cannot be asked; Settings says why",
  )
})

test("a model that is gone keeps its name", () => {
  expect(modelName(models, "ollama/gone:latest")).toBe("gone:latest")
})
