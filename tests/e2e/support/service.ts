import { execFile, spawn } from "node:child_process"
import type { ChildProcess } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"
import { workspaceRoot } from "../../../scripts/lib/files.mjs"
import { closedAddress } from "../../support/model-server.ts"

/**
 * The service on one machine as it is delivered: the built server with the built web app, as a process with a data folder
 * of its own.
 */
export type Service = {
  /** Without a slash at the end. */
  url: string
  dataFolder: string
  /** What it has logged as an error. */
  errors: string[]
  /** Ends it as a power cut does. */
  kill(): Promise<void>
  /** Starts it again with the same data, at the same address. */
  start(): Promise<void>
  /** Ends it as one should, and removes its data. */
  stop(): Promise<void>
}

export type ServiceOptions = {
  env: Record<string, string>
  /** Is given the data folder before the service sees it. */
  prepare?: (dataFolder: string) => Promise<void>
}

export async function startService({ env, prepare }: ServiceOptions): Promise<Service> {
  await built()
  const { port } = new URL(await closedAddress())
  const dataFolder = mkdtempSync(join(tmpdir(), "omnichat-e2e-"))
  await prepare?.(dataFolder)
  const errors: string[] = []
  let child: ChildProcess | undefined
  const start = async () => {
    child = await startProcess({ ...env, PORT: port, OMNICHAT_DATA: dataFolder }, `:${port}`, errors)
  }
  const end = async (signal: "SIGKILL" | "SIGTERM") => {
    const ended = child
    child = undefined
    if (ended === undefined || ended.exitCode !== null || ended.signalCode !== null) return
    const exited = once(ended, "exit")
    ended.kill(signal)
    const [code] = (await exited) as [number | null]
    if (signal === "SIGTERM" && code !== 0) errors.push(`the service ended with ${code}`)
  }
  await start()
  return {
    url: `http://127.0.0.1:${port}`,
    dataFolder,
    errors,
    start,
    kill: () => end("SIGKILL"),
    async stop() {
      await end("SIGTERM")
      rmSync(dataFolder, { recursive: true, force: true })
    },
  }
}

/** Resolves when it tells its address, which it does when it takes requests. */
async function startProcess(env: Record<string, string>, address: string, errors: string[]): Promise<ChildProcess> {
  const child = spawn(process.execPath, [join(workspaceRoot, "packages/local/dist/server.js")], {
    env: { PATH: process.env["PATH"], OMNICHAT_OPEN: "0", LOG_LEVEL: "error", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  })
  let output = ""
  await new Promise<void>((resolve, reject) => {
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text
      if (output.includes(address)) resolve()
    })
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      output += text
      errors.push(...text.split("\n").filter((line) => line !== ""))
    })
    child.once("error", reject)
    child.once("exit", (code) => reject(new Error(`the service ended with ${code} before it took requests: ${output}`)))
  })
  return child
}

let building: Promise<unknown> | undefined

/** Builds what is older than its sources. Test files run side by side, and only one of them may build. */
export function built(): Promise<unknown> {
  const lock = join(tmpdir(), "omnichat-build.lock")
  building ??= promisify(execFile)("flock", [lock, process.execPath, join(workspaceRoot, "scripts/build.mjs")])
  return building
}
