import { spawn } from "node:child_process"
import type { ChildProcess } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync } from "node:fs"
import { createServer } from "node:net"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { createLog } from "@omnichat/functions/log"
import { startServer } from "@omnichat/local/server"
import { build } from "rolldown"
import { serverBundle } from "../../scripts/build.mjs"
import { workspaceRoot } from "../../scripts/lib/files.mjs"
import { startOllamaUpstream } from "./ollama-upstream.ts"
import type { Runtime, RuntimeOptions } from "./runtime-port.ts"
import { sqliteThread } from "./sqlite-thread.ts"

/** The service on one machine, in this process or as a child that can be killed. */

type Where = { port: number; dataFolder: string; upstreamUrl: string; errors: string[]; smaller: Smaller }
type Smaller = Pick<RuntimeOptions, "connections" | "sweepEveryMs">
type Started = { port: number; end(signal: "SIGKILL" | "SIGTERM"): Promise<void> }

export async function startOnThisMachine(options: RuntimeOptions): Promise<Runtime> {
  const { models, process: own = false, ...smaller } = options
  if (own && Object.keys(smaller).length > 0) throw new Error("only what shares our process can be given other limits")
  const upstream = await startOllamaUpstream(models)
  const upstreamUrl = upstream.url
  const dataFolder = mkdtempSync(join(tmpdir(), "omnichat-scenario-"))
  const errors: string[] = []
  const start = own ? startChild : startHere
  let started = await start({ port: own ? await freePort() : 0, dataFolder, upstreamUrl, errors, smaller })
  const { port } = started
  return {
    httpUrl: `http://127.0.0.1:${port}`,
    socketUrl: `ws://127.0.0.1:${port}/socket`,
    origin: `http://127.0.0.1:${port}`,
    upstream,
    errors,
    credentials: () => ({}),
    listed: () => Promise.resolve(),
    async restart(signal, between) {
      await started.end(signal)
      await between?.()
      started = await start({ port, dataFolder, upstreamUrl, errors, smaller })
    },
    async stop() {
      await started.end("SIGTERM")
      await upstream.close()
      rmSync(dataFolder, { recursive: true, force: true })
    },
  }
}

async function startHere({ port, dataFolder, upstreamUrl, errors, smaller }: Where): Promise<Started> {
  const server = await startServer(
    { port, host: "127.0.0.1", dataFolder, ollamaUrls: [upstreamUrl], openBrowser: false, logLevel: "error" },
    {
      webFolder: fileURLToPath(new URL("../../packages/web/dist", import.meta.url)),
      threadEntry: sqliteThread(),
      version: "0.0.0-scenarios",
      socketLimits: smaller.connections ?? {},
      ...(smaller.sweepEveryMs === undefined ? {} : { sweepEveryMs: smaller.sweepEveryMs }),
    },
    createLog("error", (line) => errors.push(line)),
  )
  return {
    port: server.port,
    async end(signal) {
      if (signal === "SIGKILL") throw new Error("this runtime shares our process; start it with `process: true`")
      await server.close()
    },
  }
}

async function startChild({ port, dataFolder, upstreamUrl, errors }: Where): Promise<Started> {
  const entry = await bundle()
  const child = spawn(process.execPath, [entry], {
    env: {
      PATH: process.env["PATH"],
      PORT: String(port),
      OMNICHAT_DATA: dataFolder,
      OLLAMA_URLS: upstreamUrl,
      OMNICHAT_OPEN: "0",
      LOG_LEVEL: "error",
    },
    stdio: ["ignore", "pipe", "pipe"],
  })
  const exited = once(child, "exit")
  await said(child, `:${port}`, errors)
  return {
    port,
    async end(signal) {
      if (child.exitCode !== null || child.signalCode !== null) throw new Error("the service has ended by itself")
      child.kill(signal)
      const [code] = (await exited) as [number | null]
      if (signal === "SIGTERM" && code !== 0) throw new Error(`the service ended with ${code}`)
    },
  }
}

/** Resolves when the service tells its address, which it does when it takes requests. */
async function said(child: ChildProcess, address: string, errors: string[]): Promise<void> {
  let output = ""
  await new Promise<void>((resolve, reject) => {
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      output += text
      if (output.includes(address)) resolve()
    })
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      output += text
      errors.push(...text.split("\n").filter((line) => line !== ""))
    })
    child.once("error", reject)
    child.once("exit", (code) => reject(new Error(`the service ended with ${code} before it took requests: ${output}`)))
  })
}

let bundled: Promise<string> | undefined

/** The server as it is delivered, below node_modules, where it finds what has native code. */
function bundle(): Promise<string> {
  const folder = join(workspaceRoot, "node_modules/.cache/omnichat", `server-${process.pid}`)
  const make = async (): Promise<string> => {
    const { output, ...rest } = serverBundle(workspaceRoot)
    process.once("exit", () => rmSync(folder, { recursive: true, force: true }))
    await build({ ...rest, logLevel: "warn", output: { ...output, dir: folder } })
    return join(folder, "server.js")
  }
  return (bundled ??= make())
}

async function freePort(): Promise<number> {
  const server = createServer()
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, "close")
  return port
}
