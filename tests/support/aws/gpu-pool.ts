import { spawn } from "node:child_process"
import type { ChildProcess } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { parts } from "../../../scripts/setup/stamps.mjs"
import { workspaceRoot } from "../../../scripts/lib/files.mjs"
import { startOllamaStandIn } from "../ollama-stand-in.ts"
import type { OllamaModel, OllamaStandIn } from "../ollama-stand-in.ts"
import { testCredentials } from "../sigv4.ts"
import { lambdaNode } from "../node24.ts"
import { startAutoScalingStandIn } from "./auto-scaling-stand-in.ts"
import type { AutoScalingStandIn } from "./auto-scaling-stand-in.ts"
import { startMetadataStandIn } from "./metadata-stand-in.ts"

export type GpuPoolOptions = {
  models: OllamaModel[]
  /** Answers at once of one model. Default 4. */
  parallel?: number
  /** The model asked instead when the wait would be longer than so many seconds. */
  fallback?: { model: string; afterSeconds: number }
}

/**
 * GPU servers as AWS would have them: a group that is told how many there are to be, and one machine that can be in it,
 * with the agent as it is delivered and a stand-in for its Ollama and its GPU.
 */
export type GpuPool = {
  scaling: AutoScalingStandIn
  ollama: OllamaStandIn
  /** What functions are told of the pool. */
  environment: Record<string, string>
  /** The agent's log. */
  lines: string[]
  /** Resolves when the group was asked for so many servers. */
  wanted(servers: number): Promise<void>
  /** The machine comes up: its agent runs from now on. */
  boot(tableEnvironment: Record<string, string>): void
  /** Its agent is gone, as if the machine was. */
  crash(): Promise<void>
  /** AWS takes the machine back in two minutes. */
  notice(): void
  /** AWS could give none. */
  refuse(message: string): void
  close(): Promise<void>
}

const groupName = "omnichat-test-pool"
const instanceId = "i-0123456789abcdef0"

export async function startGpuPool({ models, parallel = 4, fallback }: GpuPoolOptions): Promise<GpuPool> {
  const [ollama, scaling, metadata] = await Promise.all([
    startOllamaStandIn({ models, loadsOnAsk: true }),
    startAutoScalingStandIn(groupName),
    startMetadataStandIn(),
  ])
  metadata.values["local-ipv4"] = "127.0.0.1"
  metadata.values["instance-id"] = instanceId
  const role = metadata.values["iam/security-credentials/pool-server"] ?? "{}"
  metadata.values["iam/security-credentials/pool-server"] = JSON.stringify({
    ...(JSON.parse(role) as object),
    AccessKeyId: testCredentials.accessKeyId,
    SecretAccessKey: testCredentials.secretAccessKey,
    Token: "",
  })
  const folder = mkdtempSync(join(tmpdir(), "omnichat-gpu-"))
  // The driver's own command, with what it says of a GPU at work.
  writeFileSync(join(folder, "nvidia-smi"), '#!/bin/sh\necho "NVIDIA L4, 37, 9000, 23034"\n', { mode: 0o755 })
  const lines: string[] = []
  let agent: ChildProcess | undefined
  const { port } = new URL(ollama.url)

  async function crash(): Promise<void> {
    const ended = agent
    agent = undefined
    if (ended === undefined || ended.exitCode !== null || ended.signalCode !== null) return
    const exited = once(ended, "exit")
    ended.kill("SIGKILL")
    await exited
  }

  return {
    scaling,
    ollama,
    lines,
    environment: {
      AWS_ENDPOINT_URL_AUTO_SCALING: scaling.url,
      POOL_FUNCTION: "pool",
      POOL_PROXY_FUNCTION: "pool-proxy",
      POOL_GROUP: groupName,
      POOL_MOST: "1",
      POOL_MODELS: JSON.stringify(models.map(({ name, sizeBytes = 1e9 }) => ({ name, bytes: sizeBytes }))),
      POOL_IDLE_MINUTES: "15",
      POOL_PARALLEL: String(parallel),
      POOL_START_SECONDS: "30",
      POOL_NETWORK: "127.0.0.0/8",
      POOL_PORT: port,
      ...(fallback !== undefined && {
        POOL_FALLBACK: fallback.model,
        POOL_MAX_WAIT_SECONDS: String(fallback.afterSeconds),
      }),
    },
    async wanted(servers) {
      while (scaling.group.desired < servers) await once(scaling.server, "request")
    },
    boot(tableEnvironment) {
      scaling.group.instances.push({ id: instanceId, state: "InService" })
      agent = spawn(lambdaNode, [join(workspaceRoot, parts.functions.into, "node-agent/index.mjs")], {
        env: {
          ...tableEnvironment,
          PATH: `${folder}:${process.env["PATH"]}`,
          AWS_EC2_METADATA_SERVICE_ENDPOINT: metadata.url,
          OLLAMA_URL: ollama.url,
          POOL_PARALLEL: String(parallel),
          POOL_DOLLARS_PER_HOUR: "0.805",
        },
        stdio: ["ignore", "pipe", "pipe"],
      })
      for (const stream of [agent.stdout, agent.stderr]) {
        if (stream !== null) createInterface({ input: stream }).on("line", (line) => lines.push(line))
      }
    },
    crash,
    notice() {
      const time = new Date(Date.now() + 120_000).toISOString()
      metadata.values["spot/instance-action"] = JSON.stringify({ action: "terminate", time })
    },
    refuse(message) {
      const at = new Date().toISOString()
      scaling.activities.unshift({ description: "Launching a new EC2 instance.", status: "Failed", message, at })
    },
    async close() {
      await crash()
      ollama.release()
      await Promise.all([ollama.close(), scaling.close(), metadata.close()])
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
