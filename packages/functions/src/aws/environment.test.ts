import { describe, expect, it } from "vitest"
import { readEnvironment, readSiteEnvironment, readTokenEnvironment } from "./environment.ts"

const model = { id: "amazon.nova-lite-v1:0", name: "Nova Lite", maxOutputTokens: 5000 }
const good = {
  AWS_REGION: "eu-central-1",
  TABLE_NAME: "table",
  BUCKET_NAME: "bucket",
  SOCKET_ENDPOINT: "https://abc.execute-api.eu-central-1.amazonaws.com/live/",
  WORKER_FUNCTION: "worker",
  BEDROCK_MODELS: JSON.stringify([model]),
  TOKEN_ISSUER: "https://cognito-idp.eu-central-1.amazonaws.com/pool",
  TOKEN_CLIENT_ID: "client",
  SOCKET_URL: "wss://abc.execute-api.eu-central-1.amazonaws.com/live",
}

describe("the environment", () => {
  it("is read, with what is usual for the rest", () => {
    expect(readEnvironment(good)).toEqual({
      logLevel: "info",
      region: "eu-central-1",
      tableName: "table",
      bucketName: "bucket",
      socketEndpoint: "https://abc.execute-api.eu-central-1.amazonaws.com/live",
      workerFunction: "worker",
      bedrock: { models: [{ ...model, capabilities: [] }] },
      aliases: [],
    })
    expect(readTokenEnvironment(good)).toEqual({ issuer: good.TOKEN_ISSUER, clientId: "client" })
    expect(readSiteEnvironment(good)).toEqual({
      issuer: good.TOKEN_ISSUER,
      clientId: "client",
      socketUrl: good.SOCKET_URL,
    })
  })

  it("may say more", () => {
    const more = { ...good, OPENAI_BASE_URL: "https://api.openai.com/v1", OPENAI_API_KEY: "sk-1", LOG_LEVEL: "debug" }
    expect(readEnvironment(more)).toMatchObject({
      logLevel: "debug",
      openai: { baseUrl: "https://api.openai.com/v1", apiKey: "sk-1" },
    })
    const site = { ...good, SIGN_OUT_URL: "https://x/logout?client_id=c", SITE_URL: "https://chat.example.com/" }
    expect(readSiteEnvironment(site)).toMatchObject({
      signOutUrl: "https://x/logout?client_id=c",
      siteUrl: "https://chat.example.com",
    })
  })

  const required = ["AWS_REGION", "TABLE_NAME", "BUCKET_NAME", "SOCKET_ENDPOINT", "WORKER_FUNCTION", "BEDROCK_MODELS"]
  it.each(required)("without %s is refused, naming it", (name) => {
    const message = `The environment variable ${name} is not set; expected`
    expect(() => readEnvironment({ ...good, [name]: undefined })).toThrow(message)
    expect(() => readEnvironment({ ...good, [name]: "  " })).toThrow(message)
  })

  it.each(["TOKEN_ISSUER", "TOKEN_CLIENT_ID", "SOCKET_URL"])("of the HTTP side needs %s", (name) => {
    expect(() => readSiteEnvironment({ ...good, [name]: "" })).toThrow(`${name} is not set`)
  })

  it.each([
    ["LOG_LEVEL", "loud", "one of debug"],
    ["SOCKET_ENDPOINT", "abc.execute-api", "an address"],
    ["OPENAI_BASE_URL", "ftp://x", "an address"],
    ["BEDROCK_MODELS", "amazon.nova", '"live" for what Bedrock has'],
    ["BEDROCK_MODELS", '[{"id":"x","name":"X"}]', '"live" for what Bedrock has'],
    ["BEDROCK_MODELS", '[{"id":"x","name":"X","maxOutputTokens":0}]', '"live" for what Bedrock has'],
    ["BEDROCK_MODELS", '[{"id":"x","name":"X","maxOutputTokens":1,"price":1}]', '"live" for what Bedrock has'],
  ])("with %s of %j is refused, with what would be right", (name, value, right) => {
    const read = () => readEnvironment({ ...good, [name]: value })
    expect(read).toThrow(`The environment variable ${name} is ${JSON.stringify(value)}; expected ${right}`)
  })
})

describe("Bedrock's models", () => {
  it("are a list, what there is, or some of it", () => {
    const told = (text: string) => readEnvironment({ ...good, BEDROCK_MODELS: text }).bedrock
    expect(told("live")).toEqual({ live: true })
    expect(told("live:amazon.*,us.anthropic.x")).toEqual({ live: true, allow: ["amazon.*", "us.anthropic.x"] })
    expect(() => told("all")).toThrow(/BEDROCK_MODELS is "all"; expected "live"/)
  })
})

describe("the pool", () => {
  const pool = {
    POOL_FUNCTION: "pool",
    POOL_PROXY_FUNCTION: "pool-proxy",
    POOL_GROUP: "group",
    POOL_MOST: "3",
    POOL_MODELS: '[{"name":"qwen3:8b","bytes":5200000000}]',
    POOL_IDLE_MINUTES: "15",
    POOL_PARALLEL: "4",
    POOL_START_SECONDS: "150",
  }

  it("is there where a function for it is named", () => {
    expect(readEnvironment({ ...good, ...pool }).pool).toEqual({
      poolFunction: "pool",
      proxyFunction: "pool-proxy",
      group: "group",
      most: 3,
      models: [{ name: "qwen3:8b", bytes: 5_200_000_000 }],
      idleMinutes: 15,
      parallel: 4,
      startSeconds: 150,
    })
    const fallback = { POOL_FALLBACK: "bedrock/us.amazon.nova-lite-v1:0", POOL_MAX_WAIT_SECONDS: "60" }
    expect(readEnvironment({ ...good, ...pool, ...fallback }).pool?.fallback).toEqual({
      model: "bedrock/us.amazon.nova-lite-v1:0",
      afterSeconds: 60,
    })
  })

  it("is refused where something of it is missing or wrong", () => {
    expect(() => readEnvironment({ ...good, ...pool, POOL_MOST: "0" })).toThrow(/POOL_MOST is "0"; expected a whole/)
    expect(() => readEnvironment({ ...good, ...pool, POOL_GROUP: "" })).toThrow(/POOL_GROUP is not set/)
    expect(() => readEnvironment({ ...good, ...pool, POOL_MODELS: "qwen3" })).toThrow(/POOL_MODELS is "qwen3"/)
    expect(() => readEnvironment({ ...good, ...pool, POOL_FALLBACK: "bedrock/x" })).toThrow(/POOL_MAX_WAIT_SECONDS/)
  })
})
