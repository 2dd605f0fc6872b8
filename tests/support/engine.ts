import { type ChildProcess, execFile, spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { expectedText, scriptedModel } from "../engine/scripted-model.mjs"

/** llama.cpp with a small model of ours, in a process of its own, behind Ollama's wire. */
export type Engine = {
  url: string
  modelName: string
  /** What it says to everything. */
  expectedText: string
  stop(): Promise<void>
}

const folder = fileURLToPath(new URL("../engine/", import.meta.url))

/** Where the engine's package has no build, tests with it cannot run. */
export const engineIsAvailable = process.platform === "linux" && process.arch === "x64"

/** Installs the engine the first time (85 MB), makes the model and starts the server. */
export async function startEngine(): Promise<Engine> {
  // Test files run side by side, and only one of them may install.
  const lock = join(tmpdir(), "omnichat-engine-install.lock")
  await promisify(execFile)("flock", [lock, process.execPath, join(folder, "install.mjs")])

  const work = await mkdtemp(join(tmpdir(), "omnichat-engine-"))
  const model = join(work, "scripted.gguf")
  await writeFile(model, scriptedModel())
  const child = spawn(process.execPath, [join(folder, "server.mjs"), model], { stdio: ["ignore", "pipe", "inherit"] })
  const { url, modelName } = await firstLine(child)
  return {
    url,
    modelName,
    expectedText,
    async stop() {
      const exited = once(child, "exit")
      child.kill("SIGKILL")
      await exited
      await rm(work, { recursive: true })
    },
  }
}

async function firstLine(child: ChildProcess): Promise<{ url: string; modelName: string }> {
  const exit = once(child, "exit").then(([code]) => {
    throw new Error(`the engine ended with code ${String(code)} before it was ready`)
  })
  // When the line comes first, the later exit is expected.
  exit.catch(() => undefined)
  if (child.stdout === null) throw new Error("the engine has no output")
  const line = once(createInterface(child.stdout), "line") as Promise<[string]>
  const [text] = await Promise.race([line, exit])
  return JSON.parse(text) as { url: string; modelName: string }
}
