import { readFileSync, statSync } from "node:fs"
import { join } from "node:path"

/** @typedef {import("./graph.mjs").Graph} Graph */

/** The page that is made here, from the workspace's folder. */
export const functionsPage = "docs/aws/functions.md"

const order = ["authorizer", "socket", "api", "worker", "closer", "schedule", "pool", "pool-proxy"]

/** Production, and so that it has a pool. */
export const functionsStage = {
  stage: "production",
  options: { variables: { OMNICHAT_POOL: "g6.xlarge", OMNICHAT_POOL_MODELS: "qwen3:8b=5.2" } },
}

/** What stands behind an ARN, in the order in which it is looked for. @type {[RegExp, string][]} */
const meanings = [
  [/\/index\/gsi1$/, "the table's index"],
  [/^arn:aws:dynamodb:/, "the table"],
  [/^arn:aws:s3:::\w+\/\*$/, "every file of the bucket"],
  [/^arn:aws:s3:/, "the bucket"],
  [/@connections/, "connections of the socket"],
  [/:function:.*-worker$/, "the worker"],
  [/:function:.*-pool$/, "the pool"],
  [/:function:.*-pool-proxy$/, "the pool's proxy"],
  [/:function:.*-closer$/, "the closer"],
  [/^arn:aws:sqs:/, "the dead-letter queue"],
  [/^arn:aws:bedrock:/, "the models that are offered"],
  [/^arn:aws:autoscaling:/, "the GPU servers' group"],
  [/^\*$/, "all, for AWS lets it not be narrowed"],
]

/**
 * The page about the functions, from what would be deployed.
 * @param {Graph} graph of `functionsStage`
 * @param {Map<string, string>} sizes of the bundles, by function
 */
export function functionsDoc(graph, sizes) {
  const functions = new Map(order.map((name) => [name, functionOf(graph, name)]))
  const named = [...functions.keys()]
  const rows = [...functions].map(([name, { inputs, retries }]) =>
    row([
      name,
      inputs["description"],
      `${inputs["memorySize"]} MB`,
      `${inputs["timeout"]} s`,
      retries,
      sizes.get(name) ?? "",
    ]),
  )
  const allowed = new Map([...functions].map(([name, { permissions }]) => [name, new Set(permissions)]))
  const every = [...new Set([...functions.values()].flatMap(({ permissions }) => permissions))]
  const permitted = every.map((permission) =>
    row([...permission.split(" on "), ...named.map((name) => (allowed.get(name)?.has(permission) ? "yes" : ""))]),
  )
  return `# The functions on AWS

Made by \`node scripts/functions-table.mjs\` from what \`sst deploy --stage production\` would deploy with a pool of GPUs; a
test keeps it so. Without one there is no \`pool\` and no \`pool-proxy\`, and nobody may call them.

All of them are Node 24 on arm64, one file each, with a log of their own in JSON. No concurrency is reserved, for a new
account has none to reserve.

${row(["function", "what it does", "memory", "time-out", "tried again", "bundle"])}
${row(["---", "---", "---", "---", "---", "---"])}
${rows.join("\n")}

Tried again: how often AWS calls once more what failed, and for how long, where nobody waits for the answer. What failed
to the end of the worker goes to the closer, and of the closer to the dead-letter queue, which has an alarm. The proxy is in
the GPU servers' network; all others are in none.

## What each may do

Each also writes its own log, and that is all.

${row(["action", "on", ...named])}
${row(["---", "---", ...named.map(() => "---")])}
${permitted.join("\n")}
`
}

/**
 * The size of each function's bundle in steps of 10 kB; where there is none, or hardly another, what the page says now.
 * @param {string} root
 */
export function bundleSizes(root) {
  const told = toldSizes(root)
  return new Map(
    order.map((name) => {
      const before = told.get(name) ?? ""
      const bytes = statSync(join(root, "packages/functions/dist", name, "index.mjs"), { throwIfNoEntry: false })?.size
      if (bytes === undefined || Math.abs(bytes / 1000 - Number.parseInt(before, 10)) <= 10) return [name, before]
      return [name, `${Math.round(bytes / 10_000) * 10} kB`]
    }),
  )
}

/** @param {string} root @returns {Map<string, string>} */
function toldSizes(root) {
  try {
    const page = readFileSync(join(root, functionsPage), "utf8")
    return new Map(
      [...page.matchAll(/^\| ([\w-]+) \|.*\| (\d+ kB) \|$/gm)].map(([, name = "", size = ""]) => [name, size]),
    )
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return new Map()
    throw error
  }
}

/** @param {Graph} graph @param {string} name */
function functionOf(graph, name) {
  const logical = name.replace(/(?:^|-)(\w)/g, (_, letter) => letter.toUpperCase())
  const find = (/** @type {string} */ type, /** @type {string} */ of) =>
    graph.resources.find((each) => each.type.startsWith(`aws:${type}:`) && each.name === `${logical}${of}`)
  const made = find("lambda/function", "Function")
  if (made === undefined) throw new Error(`there is no function called ${name}`)
  const invoke = find("lambda/functionEventInvokeConfig", "EventInvokeConfig")?.inputs
  return {
    inputs: made.inputs,
    permissions: permissionsOf(find("iam/role", "Role")?.inputs["inlinePolicies"] ?? []),
    retries: invoke ? `${invoke["maximumRetryAttempts"]} × in ${invoke["maximumEventAgeInSeconds"]} s` : "",
  }
}

/** @param {{ policy: string }[]} policies @returns {string[]} like `s3:GetObject on every file of the bucket` */
function permissionsOf(policies) {
  const statements = policies.flatMap(({ policy }) => JSON.parse(policy).Statement)
  return statements.flatMap(({ actions, resources, conditions = [] }) => {
    const only = conditions.flatMap((/** @type {{ values: string[] }} */ { values }) => values)
    const on =
      [...new Set(resources.map(meaningOf))].join(" and ") +
      only.map((/** @type {string} */ key) => `, only \`${key}\``).join("")
    return actions.map((/** @type {string} */ action) => `${action} on ${on}`)
  })
}

/** @param {string} arn */
function meaningOf(arn) {
  const found = meanings.find(([pattern]) => pattern.test(arn))
  if (found === undefined) throw new Error(`scripts/infra/functions-doc.mjs has no words for ${arn}`)
  return found[1]
}

/** @param {string[]} cells */
const row = (cells) => `| ${cells.join(" | ")} |`
