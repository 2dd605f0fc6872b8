import { spawn } from "node:child_process"
import { once } from "node:events"
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { expect, it } from "vitest"
import { bundle } from "../support/bundle.ts"
import { startRuntime } from "../support/runtime.ts"

const example = new URL("../../packages/client/example/chat.mjs", import.meta.url)

it("the example of the client's README chats from a terminal, in one chat", async () => {
  const readme = readFileSync(new URL("../../packages/client/README.md", import.meta.url), "utf8")
  expect(readme).toContain(readFileSync(example, "utf8").trim())

  const runtime = await startRuntime({ models: [{ name: "echo", kind: "plain" }] })
  try {
    const entry = bundle(fileURLToPath(example), "client-example")
    const child = spawn(process.execPath, [fileURLToPath(entry), runtime.httpUrl], {
      stdio: ["pipe", "pipe", "inherit"],
    })
    let printed = ""
    const line = (count: number) =>
      new Promise<void>((resolve) => {
        const look = () => void (printed.split("\n").length > count && resolve())
        child.stdout.on("data", look)
        look()
      })
    child.stdout.setEncoding("utf8").on("data", (text: string) => (printed += text))
    child.stdin.write("Hello\n")
    await line(1)
    child.stdin.end("And again\n")
    const [code] = (await once(child, "exit")) as [number]
    expect(printed).toBe("You said: Hello (messages: 1)\nYou said: And again (messages: 3)\n")
    expect(code).toBe(0)
  } finally {
    await runtime.stop()
  }
})
