import { execFileSync, spawn } from "node:child_process"
import type { ChildProcess } from "node:child_process"
import { once } from "node:events"
import { rmSync } from "node:fs"
import { fileURLToPath } from "node:url"

/** The server as a process of its own: what only a process has, its signals, exit codes and words. */

const root = new URL("../../../", import.meta.url)
let entry: string | undefined

/** Bundled below node_modules, where it finds what has native code. */
function build(): string {
  const folder = fileURLToPath(new URL(`node_modules/.cache/omnichat/process-${process.pid}`, root))
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }))
  const build = `
    import { build } from "rolldown"
    import { serverBundle } from ${JSON.stringify(new URL("scripts/build.mjs", root))}
    const { output, ...input } = serverBundle(${JSON.stringify(fileURLToPath(root))})
    await build({ ...input, output: { ...output, dir: ${JSON.stringify(folder)} }, logLevel: "warn" })`
  execFileSync(process.execPath, ["--input-type=module", "--eval", build], {
    cwd: fileURLToPath(root),
    stdio: "inherit",
  })
  return `${folder}/server.js`
}

export type ServerProcess = {
  child: ChildProcess
  /** All that it has printed. */
  output(): { stdout: string; stderr: string }
  /** Resolves when it has printed this on standard output. Rejects when it ends before. */
  said(text: string): Promise<void>
  /** Its exit code, or the signal that ended it. */
  ended: Promise<number | string>
}

/** Nothing of this process's environment reaches it but what is given. */
export function runServer(env: Record<string, string>): ServerProcess {
  const child = spawn(process.execPath, [(entry ??= build())], {
    env: { PATH: process.env["PATH"] ?? "", OMNICHAT_OPEN: "0", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  })
  const printed = { stdout: "", stderr: "" }
  const watchers = new Set<() => void>()
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => {
      printed[name] += text
      watchers.forEach((look) => look())
    })
  }
  const ended = once(child, "close").then(([code, signal]) => (code ?? signal) as number | string)
  const said = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = () => {
        if (!printed.stdout.includes(text)) return
        watchers.delete(look)
        resolve()
      }
      watchers.add(look)
      look()
      void ended.then((code) =>
        reject(new Error(`it ended with ${code} and has not said "${text}": ${printed.stderr}`)),
      )
    })
  return { child, output: () => ({ ...printed }), said, ended }
}
