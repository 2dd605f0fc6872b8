import { defaultPoolSettings } from "@omnichat/core/pool/settings"
import { describe, expect, it } from "vitest"
import { readSettings } from "../../infra/settings.ts"
import { poolInFull, poolOn } from "./pool-stage.ts"

const models = [
  { name: "qwen3:8b", bytes: 5_200_000_000 },
  { name: "gpt-oss:20b", bytes: 13_000_000_000 },
]
const poolOf = (variables: Record<string, string>) => readSettings("dev", variables).pool

describe("the settings of a stage's pool", () => {
  it("is off where OMNICHAT_POOL is not set, whatever else is", () => {
    const { OMNICHAT_POOL: _off, ...others } = poolInFull
    expect(poolOf(others)).toBeUndefined()
    expect(poolOf({ OMNICHAT_POOL_MODELS: "nonsense" })).toBeUndefined()
  })

  it("needs a server and models", () => {
    expect(poolOf(poolOn)).toEqual({ server: "g6.xlarge", most: 1, spot: false, models, idleMinutes: 15, parallel: 4 })
  })

  it("may say more", () => {
    expect(poolOf(poolInFull)).toEqual({
      server: "g6.xlarge",
      most: 3,
      spot: true,
      models,
      idleMinutes: 20,
      parallel: 2,
      snapshot: "snap-0123456789abcdef0",
      fallback: { model: "bedrock/us.amazon.nova-lite-v1:0", afterSeconds: 90 },
    })
  })

  it("waits two minutes before it asks another model, unless it is said", () => {
    const fallback = poolOf({ ...poolOn, OMNICHAT_POOL_FALLBACK: "bedrock/us.amazon.nova-lite-v1:0" })?.fallback
    expect(fallback?.afterSeconds).toBe(120)
  })

  it("takes what fits for those who send work there, and no more", () => {
    const largest = 24 / defaultPoolSettings.memoryFactor
    const withModel = (gigabytes: number) => poolOf({ ...poolOn, OMNICHAT_POOL_MODELS: `model=${gigabytes}` })
    expect(withModel(largest)?.models).toHaveLength(1)
    expect(() => withModel(largest + 0.1)).toThrow("a g6.xlarge has 24")
  })

  it("calls models as Ollama does: without a tag it is the latest", () => {
    const list = " llama3.2=2 , hf.co/org/Model-GGUF:Q4_K_M=4.5"
    expect(poolOf({ ...poolOn, OMNICHAT_POOL_MODELS: list })?.models).toEqual([
      { name: "llama3.2:latest", bytes: 2_000_000_000 },
      { name: "hf.co/org/Model-GGUF:Q4_K_M", bytes: 4_500_000_000 },
    ])
  })

  it.each<[variables: Record<string, string>, says: string]>([
    [{ OMNICHAT_POOL: "g6.huge" }, 'OMNICHAT_POOL is "g6.huge": it can be g4dn.xlarge or '],
    [{ OMNICHAT_POOL: "t3.large" }, 'OMNICHAT_POOL is "t3.large"'],
    [{ OMNICHAT_POOL_MOST: "0" }, 'OMNICHAT_POOL_MOST is "0": it is a whole number from 1 to 20'],
    [{ OMNICHAT_POOL_MOST: "1e1" }, 'OMNICHAT_POOL_MOST is "1e1"'],
    [{ OMNICHAT_POOL_SPOT: "true" }, 'OMNICHAT_POOL_SPOT is "true": it can be yes or no'],
    [{ OMNICHAT_POOL_MODELS: "" }, "OMNICHAT_POOL is set, and OMNICHAT_POOL_MODELS is not: name the models"],
    [
      { OMNICHAT_POOL_MODELS: "qwen3:8b" },
      'OMNICHAT_POOL_MODELS has "qwen3:8b": each is a model of Ollama and its size in GB, like qwen3:8b=5.2,gpt-oss:20b=13',
    ],
    [{ OMNICHAT_POOL_MODELS: "qwen3:8b=0" }, 'OMNICHAT_POOL_MODELS has "qwen3:8b=0"'],
    [{ OMNICHAT_POOL_MODELS: "qwen3:8b=5.2," }, 'OMNICHAT_POOL_MODELS has ""'],
    [{ OMNICHAT_POOL_MODELS: "a b=5.2" }, 'OMNICHAT_POOL_MODELS has "a b=5.2"'],
    [{ OMNICHAT_POOL_MODELS: "qwen3=5.2,qwen3:latest=5.2" }, "OMNICHAT_POOL_MODELS has qwen3:latest twice"],
    [
      { OMNICHAT_POOL_MODELS: "llama3.3:70b=43" },
      "OMNICHAT_POOL_MODELS has llama3.3:70b, which takes about 52 GB of GPU memory; a g6.xlarge has 24. It fits into g5.12xlarge or g6.12xlarge or g6e.12xlarge",
    ],
    [{ OMNICHAT_POOL_MODELS: "deepseek-r1:671b=404" }, "No server has that much"],
    [{ OMNICHAT_POOL_IDLE_MINUTES: "-1" }, 'OMNICHAT_POOL_IDLE_MINUTES is "-1": it is a whole number from 1 to 1440'],
    [{ OMNICHAT_POOL_PARALLEL: "65" }, 'OMNICHAT_POOL_PARALLEL is "65": it is a whole number from 1 to 64'],
    [{ OMNICHAT_POOL_SNAPSHOT: "vol-0123456789abcdef0" }, "which is no id of an EBS snapshot: those are like snap-"],
    [
      { OMNICHAT_POOL_FALLBACK: "nova-lite" },
      'OMNICHAT_POOL_FALLBACK is "nova-lite": it is a model as the catalogue has it',
    ],
    [{ OMNICHAT_POOL_MAX_WAIT_SECONDS: "60" }, "OMNICHAT_POOL_FALLBACK is not: name the model that is asked instead"],
    [
      { OMNICHAT_POOL_FALLBACK: "bedrock/nova", OMNICHAT_POOL_MAX_WAIT_SECONDS: "soon" },
      'OMNICHAT_POOL_MAX_WAIT_SECONDS is "soon": it is a whole number from 1 to 3600',
    ],
  ])("refuses %j and says what would be right", (variables, says) => {
    expect(() => poolOf({ ...poolOn, ...variables })).toThrow(says)
  })
})
