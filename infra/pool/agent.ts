import { createHash } from "node:crypto"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { bucket } from "../bucket.ts"
import { bundleOf } from "../build.ts"

const source = join(bundleOf("node-agent"), "index.mjs")

/** What a server checks it against. */
export const agentHash = createHash("sha256").update(readFileSync(source)).digest("hex")

/** By its content: a server that starts gets the one it was deployed with. Old ones stay, for one that starts now. */
export const agent = new aws.s3.BucketObjectv2(
  "PoolAgent",
  {
    bucket: bucket.name,
    key: `pool/agent-${agentHash.slice(0, 16)}.mjs`,
    source: new $util.asset.FileAsset(source),
    contentType: "text/javascript; charset=utf-8",
  },
  { retainOnDelete: true },
)
