import { spawn } from "node:child_process"
import { once } from "node:events"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import type { Item } from "@omnichat/core/store/table"
import { bundle } from "./bundle.ts"
import { sqliteThread } from "./sqlite-thread.ts"

/** What the process tells: see sqlite-child.ts. */
export type Told = { opened?: string; put?: string; refused?: string; failed?: string; name?: string; message?: string }

let child: URL | undefined

/** Starts a process on a SQLite file, through another program (`ulimit`, `setpriv`) when `wrap` names one. */
export function startSqliteProcess(file: string, wrap: string[] = []) {
  child ??= bundle("./sqlite-child.ts", "sqlite-child")
  const command = [...wrap, process.execPath, fileURLToPath(child), file, sqliteThread().href]
  const started = spawn(command[0] ?? "", command.slice(1), { stdio: ["pipe", "pipe", "inherit"] })
  const lines = createInterface({ input: started.stdout })[Symbol.asyncIterator]()
  const exit = once(started, "exit")
  // The other end of a pipe to a process that was killed is gone, and that is what such a test is about.
  started.stdin.on("error", () => undefined)
  return {
    pid: started.pid,
    put: (item: Item) => void started.stdin.write(`${JSON.stringify(item)}\n`),
    /** What it tells next; undefined after its end. */
    next: async (): Promise<Told | undefined> => {
      const { value, done } = await lines.next()
      return done === true ? undefined : (JSON.parse(value) as Told)
    },
    kill: () => started.kill("SIGKILL"),
    end: async () => {
      started.stdin.end()
      await exit
    },
    exit,
  }
}
