import { spawn } from "node:child_process"
import { once } from "node:events"
import { createInterface } from "node:readline"
import { bytesOf, listen } from "../support/aws/listen.ts"
import { roleKey, startMetadataStandIn } from "../support/aws/metadata-stand-in.ts"
import { lambdaNode } from "../support/node24.ts"
import { startOllamaStandIn } from "../support/ollama-stand-in.ts"

/** What the agent has written: DynamoDB's words for one attribute. */
export type Written = { action: string; signedBy: string; body: { Key?: unknown; ExpressionAttributeValues?: object } }

/** A GPU server as the agent finds it: its metadata, its Ollama, and a table that keeps one item's count. */
export async function startAgentMachine(bundle: string) {
  const [ec2, ollama] = await Promise.all([startMetadataStandIn(), startOllamaStandIn()])
  const written: Written[] = []
  const watchers: (() => void)[] = []
  const table = await listen(async (request, response) => {
    const body = JSON.parse((await bytesOf(request)).toString("utf8")) as Written["body"]
    const action = String(request.headers["x-amz-target"]).replace("DynamoDB_20120810.", "")
    const signedBy = /Credential=([^/]+)/.exec(String(request.headers.authorization))?.[1] ?? ""
    written.push({ action, signedBy, body })
    const Attributes = { pk: { S: "POOL" }, sk: { S: "NODE#i" }, nodeId: { S: "i" }, beat: { N: "2" }, rev: { N: "0" } }
    response.writeHead(200, { "content-type": "application/x-amz-json-1.0" })
    response.end(JSON.stringify(action === "GetItem" ? {} : { Attributes }))
    for (const watcher of watchers.splice(0)) watcher()
  })
  const lines: string[] = []
  const agent = spawn(lambdaNode, [bundle], {
    // No credentials but the role's, and no home to look for others.
    env: {
      AWS_REGION: "eu-central-1",
      TABLE_NAME: "table",
      OLLAMA_URL: ollama.url,
      POOL_PARALLEL: "2",
      AWS_EC2_METADATA_SERVICE_ENDPOINT: ec2.url,
      AWS_ENDPOINT_URL_DYNAMODB: table.url,
    },
    stdio: ["ignore", "pipe", "inherit"],
  })
  createInterface({ input: agent.stdout }).on("line", (line) => lines.push(line))
  const ended = once(agent, "exit")
  return {
    ollama,
    lines,
    roleKey,
    /** Resolves with the first of its writes. */
    async reported(): Promise<Written> {
      for (;;) {
        const report = written.find(({ action }) => action === "UpdateItem")
        if (report !== undefined) return report
        await new Promise<void>((resolve) => watchers.push(resolve))
      }
    },
    /** As systemd ends it. Gives its exit code. */
    async end(): Promise<unknown> {
      agent.kill("SIGTERM")
      const [code] = (await ended) as [unknown]
      await Promise.all([ec2.close(), ollama.close(), table.close()])
      return code
    },
  }
}
