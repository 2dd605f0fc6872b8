import { createInterface } from "node:readline/promises"
import { createClient } from "@omnichat/client/client"
import { WebSocket } from "ws"

const client = createClient({ baseUrl: process.argv[2] ?? "http://127.0.0.1:3000", WebSocket })
const { models } = await client.http.models()
let chatId
for await (const text of createInterface({ input: process.stdin })) {
  const run = client.start({ model: models[0].id, chatId, message: { parts: [{ type: "text", text }] } })
  for await (const { event } of run) {
    if (event.type === "text-delta") process.stdout.write(event.delta)
    if (event.type === "error") process.stdout.write(event.errorText)
  }
  chatId = (await run.ack).chatId
  process.stdout.write("\n")
}
client.close()
