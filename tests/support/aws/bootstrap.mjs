// What Lambda's Node runtime does with a function: loads it, asks for events one at a time, and sends back what comes of
// them (https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html).
import { Agent, request } from "node:http"
import module from "node:module"
import { pathToFileURL } from "node:url"
import { awslambda, openResponseStream, streamingMark } from "./response-stream.mjs"

const { AWS_LAMBDA_RUNTIME_API, LAMBDA_TASK_ROOT, AWS_LAMBDA_FUNCTION_NAME } = process.env
const address = `http://${AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime`
const agent = new Agent({ keepAlive: true })
Object.assign(globalThis, { awslambda })

/**
 * @param {string} method
 * @param {string} path
 * @param {string} [body]
 * @returns {Promise<{ headers: import("node:http").IncomingHttpHeaders, text: string }>}
 */
function call(method, path, body) {
  return new Promise((resolve, reject) => {
    const sent = request(`${address}${path}`, { method, agent }, (response) => {
      let text = ""
      response.setEncoding("utf8").on("data", (piece) => (text += piece))
      response.once("end", () => resolve({ headers: response.headers, text }))
      response.once("error", reject)
    })
    sent.once("error", reject)
    sent.end(body)
  })
}

/** @param {unknown} thrown */
const asError = (thrown) =>
  JSON.stringify(
    thrown instanceof Error
      ? { errorType: thrown.name, errorMessage: thrown.message, trace: (thrown.stack ?? "").split("\n") }
      : { errorType: typeof thrown, errorMessage: String(thrown), trace: [] },
  )

/** It ends by being killed, and would take with it what it compiled. The Node of the tests, and of the types, has it not. */
function keepCompiled() {
  if ("flushCompileCache" in module && typeof module.flushCompileCache === "function") module.flushCompileCache()
}

async function load() {
  try {
    const { handler } = await import(pathToFileURL(`${LAMBDA_TASK_ROOT}/index.mjs`).href)
    return handler
  } catch (thrown) {
    console.error(thrown)
    await call("POST", "/init/error", asError(thrown))
    return process.exit(1)
  }
}

const handler = await load()
for (let events = 0; ; events += 1) {
  if (events === 1) keepCompiled()
  const { headers, text } = await call("GET", "/invocation/next")
  const id = String(headers["lambda-runtime-aws-request-id"])
  const deadline = Number(headers["lambda-runtime-deadline-ms"])
  const context = {
    awsRequestId: id,
    functionName: AWS_LAMBDA_FUNCTION_NAME,
    invokedFunctionArn: headers["lambda-runtime-invoked-function-arn"],
    getRemainingTimeInMillis: () => deadline - Date.now(),
  }
  try {
    if (streamingMark in handler) {
      const { stream, taken } = openResponseStream({ url: `${address}/invocation/${id}/response`, agent })
      await handler(JSON.parse(text), stream, context)
      await taken
    } else {
      const answer = await handler(JSON.parse(text), context)
      await call("POST", `/invocation/${id}/response`, JSON.stringify(answer ?? null))
    }
  } catch (thrown) {
    await call("POST", `/invocation/${id}/error`, asError(thrown))
  }
}
