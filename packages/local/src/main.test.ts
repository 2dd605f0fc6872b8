import { once } from "node:events"
import { mkdtempSync, rmSync, statSync } from "node:fs"
import { createServer } from "node:net"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { newId } from "@omnichat/core/protocol/id"
import { afterEach, describe, expect, it } from "vitest"
import { WebSocket } from "ws"
import { startOllamaStandIn } from "../../../tests/support/ollama-stand-in.ts"
import { runServer } from "../test/process.ts"
import type { ServerProcess } from "../test/process.ts"

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "omnichat-process-"))
  closing.push(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A port that was free a moment ago; the caller may hold it. */
async function hold(): Promise<{ port: number; free: () => Promise<void> }> {
  const server = createServer((socket) => socket.resume().end("SSH-2.0-somebody-else\r\n"))
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  const free = async () => {
    if (!server.listening) return
    server.close()
    await once(server, "close")
  }
  closing.push(free)
  return { port: (server.address() as AddressInfo).port, free }
}

function run(env: Record<string, string>): ServerProcess {
  const server = runServer(env)
  closing.push(async () => {
    server.child.kill("SIGKILL")
    await server.ended
  })
  return server
}

async function running(
  env: Record<string, string> = {},
): Promise<{ server: ServerProcess; url: string; port: number }> {
  const { port, free } = await hold()
  await free()
  const server = run({
    PORT: String(port),
    OMNICHAT_DATA: join(newFolder(), "data"),
    OLLAMA_URLS: "http://127.0.0.1:9",
    ...env,
  })
  await server.said("To stop")
  return { server, url: `http://127.0.0.1:${port}`, port }
}

describe("the start", () => {
  it("says where it is, where the data lies and what it found", async () => {
    const ollama = await startOllamaStandIn()
    closing.push(() => ollama.close())
    const data = join(newFolder(), "data")
    const { server, url } = await running({ OLLAMA_URLS: ollama.url, OMNICHAT_DATA: data })
    await server.said("Models")
    expect(server.output()).toMatchObject({
      stdout: `
  OmniChat   ${url}

  Data       ${data}
  To stop    Ctrl-C
  Models     3 models of Ollama at ${ollama.url}

`,
    })
    expect((await fetch(`${url}/health`)).status).toBe(200)
    expect(statSync(data).mode & 0o777).toBe(0o700)
  })

  it("says what to do when there is no model", async () => {
    const { server } = await running()
    await server.said("Models     none yet. Ollama does not answer at http://127.0.0.1:9.")
  })

  it("says which settings are wrong, without a stack", async () => {
    const server = run({ PORT: "http", HOST: "0.0.0.0", OMNICHAT_DATA: newFolder() })
    expect(await server.ended).toBe(1)
    expect(server.output().stdout).toBe("")
    expect(server.output().stderr).toBe(`
  A setting is wrong:

  PORT is "http": expected a port number from 1 to 65535, such as PORT=3001
  HOST is "0.0.0.0": only 127.0.0.1, localhost or ::1 are possible. There are no accounts yet, so at any other address every stranger in the network would read and write your chats

`)
  })

  it("says that the port is in use, and how to choose another", async () => {
    const { port } = await hold()
    const data = join(newFolder(), "data")
    const server = run({ PORT: String(port), OMNICHAT_DATA: data })
    expect(await server.ended).toBe(1)
    const { stderr } = server.output()
    expect(stderr).toContain(
      `Port ${port} is in use by another program. Choose another port: PORT=${port + 1} npm start`,
    )
    expect(stderr).not.toContain("    at ")
    // nothing was made for a server that does not run
    expect(() => statSync(data)).toThrow("ENOENT")
  })

  it("says that it runs already", async () => {
    const { port } = await running()
    const second = run({ PORT: String(port), OMNICHAT_DATA: newFolder() })
    expect(await second.ended).toBe(1)
    expect(second.output().stderr).toContain(`OmniChat is running at http://127.0.0.1:${port} already`)
  })

  it("says that the data folder is another server's", async () => {
    const data = join(newFolder(), "data")
    await running({ OMNICHAT_DATA: data })
    const { port, free } = await hold()
    await free()
    const second = run({ PORT: String(port), OMNICHAT_DATA: data })
    expect(await second.ended).toBe(1)
    expect(second.output().stderr).toContain(data)
    expect(second.output().stderr).not.toContain("    at ")
  })

  it("says what is wrong with the data folder", async () => {
    const server = run({ PORT: "1", OMNICHAT_DATA: "/dev/null/data" })
    expect(await server.ended).toBe(1)
    expect(server.output().stderr).toMatch(
      /OmniChat cannot start\.\n\n {2}(the data folder \/dev\/null\/data|Port 1|This user)/,
    )
  })
})

describe("the stop", () => {
  const holding = () =>
    startOllamaStandIn({
      models: [{ name: "holds:latest", holdAfter: 5, text: "One two three four five six seven eight nine ten." }],
    })

  /** A run that has said something and is silent now, followed by socket. */
  async function midRun(url: string) {
    const socket = new WebSocket(`${url.replace("http", "ws")}/socket`)
    closing.push(() => socket.terminate())
    const events: string[] = []
    let wake = () => {}
    socket.on("message", (data: Buffer) => {
      events.push(data.toString())
      wake()
    })
    await once(socket, "open")
    const runId = newId("run", Date.now())
    const body = { runId, model: "ollama/holds", message: { parts: [{ type: "text", text: "Count" }] } }
    socket.send(JSON.stringify({ action: "run.start", id: "1", ...body }))
    const until = async (text: string) => {
      while (!events.join("").includes(text)) await new Promise<void>((resolve) => (wake = resolve))
    }
    await until("text-delta")
    return { socket, events, until, runId }
  }

  it.each(["SIGTERM", "SIGINT", "SIGHUP"] as const)(
    "at %s keeps what was said, tells everybody and exits with 0",
    async (signal) => {
      const ollama = await holding()
      closing.push(() => ollama.close())
      const data = join(newFolder(), "data")
      const { server, url } = await running({ OLLAMA_URLS: ollama.url, OMNICHAT_DATA: data })
      const { socket, events, runId } = await midRun(url)
      const stream = await fetch(`${url}/api/runs/${runId}/events`)
      const closed = once(socket, "close")
      server.child.kill(signal)
      expect((await closed)[0]).toBe(1001)
      expect(events.join("")).toContain('"status":"interrupted"')
      expect(events.join("")).toContain('"retryable":true')
      expect(await stream.text()).toMatch(/"type":"error".*\n\ndata: \[DONE\]\n\n$/)
      expect(await server.ended).toBe(0)
      expect(server.output().stdout).toContain("Stopping: 1 answer under way")
      expect(server.output().stdout).toContain("Stopped.")
      // and it stands in the store
      const again = await running({ OLLAMA_URLS: ollama.url, OMNICHAT_DATA: data })
      const list = (await (await fetch(`${again.url}/api/chats`)).json()) as { chats: { id: string }[] }
      const messages = await (await fetch(`${again.url}/api/chats/${list.chats[0]?.id}/messages`)).json()
      expect(messages).toMatchObject({ messages: [{ status: "interrupted" }, { role: "user" }] })
    },
  )
})
