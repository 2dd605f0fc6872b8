import { execFile } from "node:child_process"
import { readdirSync, readFileSync, statSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { build, functionNames } from "../../scripts/build.mjs"
import { workspaceRoot } from "../../scripts/lib/files.mjs"
import { parts, staleParts } from "../../scripts/setup/stamps.mjs"
import { beforeAll, describe, expect, test } from "vitest"
import { lambdaNode } from "../support/node24.ts"
import { startAgentMachine } from "./agent-machine.ts"

/** The functions as they are uploaded. Sizes and times are printed; only sizes are judged, for times are the machine's. */

const mostBytes = 600_000
const environment = {
  AWS_REGION: "eu-central-1",
  TABLE_NAME: "table",
  BUCKET_NAME: "bucket",
  SOCKET_URL: "wss://socket.example/live",
  SOCKET_ENDPOINT: "https://socket.example/live",
  WORKER_FUNCTION: "worker",
  TOKEN_ISSUER: "https://issuer.example/pool",
  TOKEN_CLIENT_ID: "client",
  BEDROCK_MODELS: "[]",
  POOL_FUNCTION: "pool",
  POOL_PROXY_FUNCTION: "pool-proxy",
  POOL_GROUP: "group",
  POOL_MOST: "2",
  POOL_MODELS: "[]",
  POOL_IDLE_MINUTES: "15",
  POOL_PARALLEL: "4",
  POOL_START_SECONDS: "150",
  POOL_NETWORK: "10.77.0.0/16",
}
type Name = (typeof functionNames)[number]
const folderOf = (name: Name): string => join(workspaceRoot, parts.functions.into, name)
const bundleOf = (name: Name): string => join(folderOf(name), "index.mjs")

type Loaded = { handler?: string; ms?: number; node?: string; error?: string }

/** In a process of its own, with these variables and no others. */
async function load(name: Name, variables: Record<string, string>): Promise<Loaded> {
  const loader = fileURLToPath(new URL("load.mjs", import.meta.url))
  const { stdout } = await promisify(execFile)(lambdaNode, [loader, bundleOf(name)], { env: variables })
  return JSON.parse(stdout) as Loaded
}

beforeAll(async () => {
  if (staleParts(workspaceRoot).includes("functions")) await build(workspaceRoot, ["functions"])
})

describe.each(functionNames)("the function %s", (name) => {
  test("is one file, no larger than it may be, and can be loaded", async () => {
    expect(readdirSync(folderOf(name))).toEqual(["index.mjs"])
    const { size } = statSync(bundleOf(name))
    const loaded = await load(name, environment)
    console.info(`${name}: ${Math.round(size / 1000)} kB, loaded in ${loaded.ms} ms under Node ${loaded.node}`)
    expect(loaded).toMatchObject({ handler: "function" })
    expect(size).toBeLessThanOrEqual(mostBytes)
  })

  test("says which variable is missing", async () => {
    const missing = name === "authorizer" ? "TOKEN_ISSUER" : "TABLE_NAME"
    const { [missing]: _left, ...rest } = environment
    const { error } = await load(name, rest)
    expect(error).toMatch(new RegExp(`^TypeError: The environment variable ${missing} is not set; expected`))
  })
})

/** By a text that only they have in them. */
const tells = {
  tokens: "jwks.json",
  http: "This context has no FetchEvent",
  table: "DynamoDB_20120810",
  blobs: "ListBucketResult",
  addresses: "Request to be presigned",
  connections: "@connections",
  dispatch: "2015-03-31/functions",
  models: "converse-stream",
  "models' list": "ListFoundationModels",
  servers: "the function in between failed",
  group: "SetDesiredCapacity",
}
const ports = ["table", "blobs", "connections", "dispatch"]

test.each([
  ["authorizer", ["tokens"]],
  ["socket", ports],
  ["api", ["tokens", "http", "addresses", ...ports]],
  ["worker", [...ports, "models", "servers"]],
  ["closer", ports],
  ["schedule", [...ports, "models' list"]],
  ["pool", [...ports, "group"]],
  ["pool-proxy", ["table"]],
] as const)("the function %s carries %j and nothing else of these", (name, needed) => {
  const text = readFileSync(bundleOf(name), "utf8")
  const carried = Object.entries(tells).flatMap(([part, tell]) => (text.includes(tell) ? [part] : []))
  expect(carried.sort()).toEqual([...needed].sort())
})

test("the agent is one file that reports a server by the role that EC2 gives it, and ends when it is told to", async () => {
  const bundle = join(workspaceRoot, parts.functions.into, "node-agent/index.mjs")
  expect(statSync(bundle).size).toBeLessThanOrEqual(mostBytes)
  const machine = await startAgentMachine(bundle)
  const { signedBy, body } = await machine.reported()
  expect(signedBy).toBe(machine.roleKey)
  expect(body.Key).toEqual({ pk: { S: "POOL" }, sk: { S: "NODE#i-0123456789abcdef0" } })
  const told = JSON.stringify(body.ExpressionAttributeValues)
  const port = new URL(machine.ollama.url).port
  for (const fact of [`{"S":"http://10.77.1.5:${port}"}`, '"healthy":{"BOOL":true}', '"parallel":{"N":"2"}']) {
    expect(told).toContain(fact)
  }
  expect(await machine.end()).toBe(0)
  expect(machine.lines.map((line) => (JSON.parse(line) as { event: string }).event)).toEqual([
    "agent-started",
    "agent-ended",
  ])
})
