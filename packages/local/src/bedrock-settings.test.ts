import { expect, it } from "vitest"
import { isRegion, parseBedrockModels, readBedrockSettings } from "./bedrock-settings.ts"
import type { Environment } from "./bedrock-settings.ts"

const keys = { AWS_ACCESS_KEY_ID: "AKIA", AWS_SECRET_ACCESS_KEY: "secret", AWS_REGION: "eu-central-1" }
const read = (env: Environment, wanted?: boolean, allow?: string[]) => readBedrockSettings(env, { wanted, allow })

it("is off without credentials in the environment, and when it is not wanted", () => {
  expect(read({ AWS_REGION: "eu-central-1" })).toBeUndefined()
  expect(read({ AWS_ACCESS_KEY_ID: " ", AWS_SECRET_ACCESS_KEY: "" })).toBeUndefined()
  expect(read(keys, false)).toBeUndefined()
})

it("is on with what says who one is, and with what stands elsewhere when it is wanted", () => {
  expect(read({ ...keys, AWS_SESSION_TOKEN: "token" }, undefined, ["amazon.*"])).toMatchObject({
    region: "eu-central-1",
    allow: ["amazon.*"],
    secrets: ["secret", "token"],
  })
  expect(read({ AWS_BEARER_TOKEN_BEDROCK: "key", AWS_REGION: "eu-central-1" })).toMatchObject({ secrets: ["key"] })
  expect(read({ AWS_PROFILE: "work", AWS_CONFIG_FILE: "/aws/config" })).toEqual({
    profile: { file: "/aws/config", name: "work" },
    secrets: [],
  })
  const role = { AWS_WEB_IDENTITY_TOKEN_FILE: "/token", AWS_ROLE_ARN: "arn:aws:iam::1:role/r" }
  expect(read(role)).toMatchObject({ secrets: [] })
  expect(read(role)?.problem).toBeUndefined()
  expect(read({}, true)).toMatchObject({ profile: { name: "default" } })
})

it("takes AWS_DEFAULT_REGION where AWS_REGION says nothing", () => {
  expect(read({ ...keys, AWS_DEFAULT_REGION: "us-west-2" })?.region).toBe("eu-central-1")
  expect(read({ ...keys, AWS_REGION: "", AWS_DEFAULT_REGION: "us-west-2" })?.region).toBe("us-west-2")
})

it.each<[Environment, RegExp]>([
  [{ AWS_SECRET_ACCESS_KEY: undefined }, /^AWS_ACCESS_KEY_ID is set, and AWS_SECRET_ACCESS_KEY is not/],
  [{ AWS_ACCESS_KEY_ID: undefined }, /^AWS_SECRET_ACCESS_KEY is set, and AWS_ACCESS_KEY_ID is not/],
  [{ AWS_WEB_IDENTITY_TOKEN_FILE: "/token" }, /^AWS_WEB_IDENTITY_TOKEN_FILE is set, and AWS_ROLE_ARN is not/],
  [{ AWS_REGION: "Frankfurt" }, /^AWS_REGION is "Frankfurt", which is no region/],
  [{ AWS_REGION: undefined, AWS_DEFAULT_REGION: "x y" }, /^AWS_DEFAULT_REGION is "x y"/],
])("says what is wrong with %o", (change, words) => {
  const found = read({ ...keys, ...change })
  expect(found?.problem).toMatch(words)
  expect(found?.problem).not.toContain("secret")
})

it("misses no other half of a key that is not used", () => {
  expect(read({ AWS_ACCESS_KEY_ID: "AKIA", AWS_PROFILE: "work" })?.problem).toBeUndefined()
})

it("knows a region from a place", () => {
  for (const region of ["us-east-1", "us-gov-west-1", "ap-southeast-5", "eusc-de-east-1"]) {
    expect([region, isRegion(region)]).toEqual([region, true])
  }
  for (const text of ["Ohio", "us-east", "us-east-1a", "us east 1", "us-east-1.evil.example"]) {
    expect([text, isRegion(text)]).toEqual([text, false])
  }
})

it("reads a list of models", () => {
  expect(parseBedrockModels(" amazon.nova-lite-v1:0 , anthropic.*,")).toEqual(["amazon.nova-lite-v1:0", "anthropic.*"])
  for (const text of [",", "a b", "a*b", "**"]) expect(parseBedrockModels(text)).toBeUndefined()
})
