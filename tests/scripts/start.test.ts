import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync } from "node:fs"
import { createServer } from "node:net"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect, onTestFinished, test } from "vitest"
import { workspaceRoot } from "../../scripts/lib/files.mjs"

/** `npm start` in the workspace, with a data folder of its own. */
function start(env: Record<string, string>) {
  const data = mkdtempSync(join(tmpdir(), "omnichat-start-"))
  const child = spawn("npm", ["start"], {
    cwd: workspaceRoot,
    env: { ...process.env, OMNICHAT_DATA: data, OMNICHAT_OPEN: "0", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  })
  const ended = once(child, "close")
  onTestFinished(async () => {
    child.kill("SIGKILL")
    await ended
    rmSync(data, { recursive: true })
  })
  let printed = ""
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (printed += text))
  return {
    child,
    printed: () => printed,
    /** Resolves when this has been printed; rejects when the program ended without it. */
    until: (text: string) =>
      new Promise<void>((resolve, reject) => {
        const look = () => printed.includes(text) && resolve()
        child.stdout.on("data", look)
        ended.then(() => reject(new Error(`it ended and said:\n${printed}`)), reject)
      }),
    code: async () => ((await ended) as [number | null])[0],
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1")
  await once(server, "listening")
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, "close")
  return port
}

test("`npm start` serves the page, and ends with 0 when npm is told to stop", async () => {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const server = start({ PORT: String(port) })
  await server.until(url)
  expect((await fetch(`${url}/health`)).status).toBe(200)
  expect(await (await fetch(url)).text()).toContain("<title>OmniChat</title>")
  server.child.kill("SIGTERM")
  expect(await server.code(), server.printed()).toBe(0)
  // Nobody is left behind.
  await expect(fetch(`${url}/health`)).rejects.toThrow("fetch failed")
})

test("`npm start` hands on the exit code of a server that cannot start", async () => {
  const server = start({ PORT: "0x50" })
  expect(await server.code(), server.printed()).toBe(1)
  expect(server.printed()).toContain('PORT is "0x50"')
})
