import { once } from "node:events"
import { statSync } from "node:fs"
import { createServer } from "node:http"
import { loadEngine } from "./llama.mjs"

/**
 * A real inference engine behind Ollama's wire: `node server.mjs <model.gguf> [port]`. Prints its address as a line of
 * JSON once it is ready. It has what OmniChat uses of the API and no more.
 *
 * @import { IncomingMessage, ServerResponse } from "node:http"
 */

const [, , modelPath = "scripted.gguf", port = "0"] = process.argv
const modelName = "scripted:latest"
const engine = await loadEngine(modelPath)
const details = { format: "gguf", family: "llama", families: ["llama"] }
const listed = { name: modelName, model: modelName, size: statSync(modelPath).size, digest: "scripted", details }

/** @type {Record<string, (request: IncomingMessage, response: ServerResponse) => unknown>} */
const routes = {
  "GET /api/version": (_, response) => send(response, 200, { version: "0.9.0" }),
  "GET /api/tags": (_, response) => send(response, 200, { models: [listed] }),
  "GET /api/ps": (_, response) => send(response, 200, { models: [listed] }),
  "POST /api/show": async (request, response) => {
    const { model } = JSON.parse(await textOf(request))
    if (!isOurs(model)) return send(response, 404, { error: `model '${model}' not found` })
    const model_info = { "general.architecture": "llama", "llama.context_length": engine.contextLength }
    send(response, 200, { details, capabilities: ["completion"], model_info })
  },
  "POST /api/chat": chat,
}

/** @param {IncomingMessage} request @param {ServerResponse} response */
async function chat(request, response) {
  const { model, messages, options } = JSON.parse(await textOf(request))
  if (!isOurs(model)) return send(response, 404, { error: `model '${model}' not found` })
  response.writeHead(200, { "content-type": "application/x-ndjson" })
  for await (const step of engine.answer(messages, options?.num_predict ?? Number.POSITIVE_INFINITY)) {
    // Leaving the loop is what stops the engine.
    if (response.destroyed) return
    const base = { model: modelName, created_at: new Date().toISOString() }
    const line =
      step.type === "word"
        ? { ...base, message: { role: "assistant", content: step.text }, done: false }
        : {
            ...base,
            message: { role: "assistant", content: "" },
            done: true,
            done_reason: step.reason,
            prompt_eval_count: step.promptTokens,
            eval_count: step.tokens,
          }
    response.write(`${JSON.stringify(line)}\n`)
  }
  response.end()
}

/** @param {unknown} model */
const isOurs = (model) => model === modelName || `${String(model)}:latest` === modelName

/** @param {IncomingMessage} request */
async function textOf(request) {
  let text = ""
  request.setEncoding("utf8")
  for await (const piece of request) text += piece
  return text
}

/** @param {ServerResponse} response @param {number} status @param {object} body */
function send(response, status, body) {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body))
}

/** @param {IncomingMessage} request @param {ServerResponse} response */
async function serve(request, response) {
  const route = routes[`${request.method} ${request.url}`]
  try {
    if (route === undefined) send(response, 404, { error: "not found" })
    else await route(request, response)
  } catch (error) {
    console.error(error)
    if (response.headersSent) response.destroy()
    else send(response, 500, { error: String(error) })
  }
}

const server = createServer((request, response) => void serve(request, response))
server.listen(Number(port), "127.0.0.1")
await once(server, "listening")
const address = /** @type {import("node:net").AddressInfo} */ (server.address())
console.log(JSON.stringify({ url: `http://127.0.0.1:${address.port}`, modelName }))
