import { describe, expect, it } from "vitest"
import { readProxyEnvironment } from "../aws/pool-environment.ts"
import { readNodeEnvironment } from "./environment.ts"

const good = { AWS_REGION: "eu-central-1", TABLE_NAME: "table" }

describe("the agent's environment", () => {
  it("is read, with what is usual for the rest", () => {
    const usual = { ollamaUrl: "http://127.0.0.1:11434", metadataUrl: "http://169.254.169.254" }
    const read = { logLevel: "info", region: "eu-central-1", tableName: "table", ...usual }
    expect(readNodeEnvironment(good)).toEqual(read)
    const more = { POOL_PARALLEL: "4", POOL_DOLLARS_PER_HOUR: "1.006", OLLAMA_URL: "http://localhost:1234/" }
    expect(readNodeEnvironment({ ...good, ...more })).toEqual({
      ...read,
      ollamaUrl: "http://localhost:1234",
      parallel: 4,
      dollarsPerHour: 1.006,
    })
  })

  it.each([
    ["TABLE_NAME", ""],
    ["POOL_PARALLEL", "0"],
    ["POOL_PARALLEL", "65"],
    ["POOL_DOLLARS_PER_HOUR", "$1"],
    ["OLLAMA_URL", "localhost:11434"],
  ])("is refused with %s=%j, by name", (name, value) => {
    expect(() => readNodeEnvironment({ ...good, [name]: value })).toThrow(
      new RegExp(`^The environment variable ${name} is .*; expected `),
    )
  })
})

describe("the proxy's environment", () => {
  it("names the network of the pool", () => {
    expect(readProxyEnvironment({ ...good, POOL_NETWORK: "10.77.0.0/16" })).toMatchObject({ port: 11_434 })
  })

  it.each([
    ["POOL_NETWORK", "0.0.0.0/0"],
    ["POOL_NETWORK", ""],
    ["POOL_PORT", "0"],
    ["POOL_PORT", "70000"],
  ])("is refused with %s=%j, by name", (name, value) => {
    const variables = { ...good, POOL_NETWORK: "10.77.0.0/16", [name]: value }
    expect(() => readProxyEnvironment(variables)).toThrow(
      new RegExp(`^The environment variable ${name} is .*; expected `),
    )
  })
})
