import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createLog } from "@omnichat/functions/log"
import { startServer } from "../src/server.ts"
import type { RunningServer } from "../src/server.ts"
import type { Settings } from "../src/settings.ts"
import { sqliteThread } from "../../../tests/support/sqlite-thread.ts"

export type LocalServer = RunningServer & {
  dataFolder: string
  /** What it has logged, a parsed line each. */
  log: Record<string, unknown>[]
  json(path: string, init?: RequestInit): Promise<{ status: number; body: unknown; headers: Headers }>
}

/** The port of "discard": nobody answers there. */
export const nobody = "http://127.0.0.1:9"

/**
 * The real server in this process, on a free port; its data folder is new, and deleted at `close`, unless it is
 * given. With `openSources` the environment decides nothing about where models come from.
 */
export async function startLocalServer(
  settings: Partial<Settings> = {},
  build: { webFolder?: string; openSources?: boolean } = {},
): Promise<LocalServer> {
  const dataFolder = settings.dataFolder ?? mkdtempSync(join(tmpdir(), "omnichat-data-"))
  const log: Record<string, unknown>[] = []
  const server = await startServer(
    {
      port: 0,
      host: "127.0.0.1",
      dataFolder,
      ...(build.openSources === true ? {} : { ollamaUrls: [nobody], demo: true }),
      openBrowser: false,
      logLevel: "debug",
      ...settings,
    },
    {
      webFolder: build.webFolder ?? join(dataFolder, "no-web-build"),
      threadEntry: sqliteThread(),
      version: "0.0.0-test",
    },
    createLog("debug", (line) => void log.push(JSON.parse(line) as Record<string, unknown>)),
  )
  return {
    ...server,
    dataFolder,
    log,
    async json(path, init) {
      const response = await fetch(server.url + path, init)
      const text = await response.text()
      return { status: response.status, body: text === "" ? undefined : JSON.parse(text), headers: response.headers }
    },
    async close() {
      await server.close()
      if (settings.dataFolder === undefined) rmSync(dataFolder, { recursive: true })
    },
  }
}

export const asJson = (method: string, body: unknown): RequestInit => ({
  method,
  headers: { "content-type": "application/json" },
  body: JSON.stringify(body),
})
