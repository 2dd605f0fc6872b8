import { readFileSync } from "node:fs"
import { join } from "node:path"

/**
 * What is put on a server, each by its checksum: Ollama's archive (https://github.com/ollama/ollama/releases) and Node's
 * program (https://nodejs.org/dist), which is the one in tests/node24.
 */
const software = {
  OLLAMA_VERSION: "0.32.7",
  OLLAMA_SHA256: "ed1e39fe8fea90bd7f4c723bd949a2cea3153e111220ec0a183ea5b8dc8b2cae",
  NODE_VERSION: "24.21.0",
  NODE_SHA256: "7fde7b8afa198da66257f42ee2001d874c7355631e6d1579a5fb5ef1f246df4c",
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
