import { randomUUID } from "node:crypto"
import { createReadStream, existsSync, statSync } from "node:fs"
import type { IncomingMessage, ServerResponse } from "node:http"
import { extname, join } from "node:path"
import type { Outcome } from "./instance.ts"
import type { Lambda } from "./lambda.ts"
import { bytesOf, listen } from "./listen.ts"
import type { Listening } from "./listen.ts"

/** CloudFront with the web build in its bucket, and the function URL of the API as its other origin. */

export type FrontOptions = {
  /** The function behind the API's paths. */
  api: string
  webFolder: string
  /** Headers of every answer of the web build. */
  pageHeaders: Record<string, string>
}

/** The behaviours of infra/web.ts. */
const isApi = (path: string): boolean => /^\/(?:api|v1|ollama)\/|^\/(?:health|ready)$/.test(path)
/** A function URL's own limit of a request, bytes. */
const mostInRequest = 6 * 1024 * 1024
/** Between the head of an answer and its body (https://docs.aws.amazon.com/lambda/latest/dg/response-streaming.html). */
const separator = Buffer.alloc(8)

export async function startFront(lambda: Pick<Lambda, "invoke">, options: FrontOptions): Promise<Listening> {
  return listen(async (request, response) => {
    const path = pathOf(request)
    if (!isApi(path)) return sendPage(request, response, path, options)
    const body = await bytesOf(request)
    if (body.length > mostInRequest) return void response.writeHead(413).end()
    await pass(await lambda.invoke(options.api, urlEvent(request, body)), response)
  })
}

function pathOf({ url = "/" }: IncomingMessage): string {
  const end = url.indexOf("?")
  return end < 0 ? url : url.slice(0, end)
}

/** Payload format 2.0 (https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html). */
function urlEvent(request: IncomingMessage, body: Buffer): object {
  const { method, url = "/" } = request
  const rawPath = pathOf(request)
  const isText = /^(?:text\/|application\/(?:json|javascript|xml|x-www-form-urlencoded))/i.test(
    request.headers["content-type"] ?? "",
  )
  // What is no text in UTF-8 cannot be one in the event.
  const isBase64Encoded = body.length > 0 && !(isText && Buffer.from(body.toString("utf8")).equals(body))
  return {
    version: "2.0",
    routeKey: "$default",
    rawPath,
    rawQueryString: url.slice(rawPath.length + 1),
    headers: originHeaders(request),
    requestContext: {
      accountId: "anonymous",
      apiId: "abcdefghij",
      domainName: "abcdefghij.lambda-url.us-east-1.on.aws",
      http: { method, path: rawPath, protocol: "HTTP/1.1", sourceIp: "127.0.0.1", userAgent: "Amazon CloudFront" },
      requestId: randomUUID(),
      routeKey: "$default",
      stage: "$default",
      timeEpoch: Date.now(),
    },
    ...(body.length > 0 && { body: body.toString(isBase64Encoded ? "base64" : "utf8") }),
    isBase64Encoded,
  }
}

/** As CloudFront sends them on: its own `host`, the viewer's in a header that nobody else can set. */
function originHeaders({ headers }: IncomingMessage): Record<string, string> {
  const { host = "", connection: _hop, "transfer-encoding": _how, "keep-alive": _long, ...sent } = headers
  const texts = Object.entries(sent).map(([name, value]) => [name, Array.isArray(value) ? value.join(",") : value])
  return {
    ...(Object.fromEntries(texts) as Record<string, string>),
    host: "abcdefghij.lambda-url.us-east-1.on.aws",
    "x-forwarded-host": host,
    "x-forwarded-for": "127.0.0.1",
    "x-forwarded-proto": "https",
    via: "1.1 0123456789abcdef.cloudfront.net (CloudFront)",
    "x-amz-cf-id": randomUUID(),
  }
}

type Prelude = { statusCode: number; headers: Record<string, string>; cookies?: string[] }

async function pass(outcome: Outcome, response: ServerResponse): Promise<void> {
  if (outcome.kind !== "stream") return void response.writeHead(502).end("Internal Server Error")
  const { body } = outcome
  let head: Buffer | undefined = Buffer.alloc(0)
  // Nobody tells a function that its client has left: it goes on to its end.
  body.on("error", () => response.destroy())
  body.on("data", (piece: Buffer) => {
    if (head === undefined) return flow(body, response, piece)
    head = Buffer.concat([head, piece])
    const end = head.indexOf(separator)
    if (end < 0) return
    const { statusCode, headers, cookies = [] } = JSON.parse(head.subarray(0, end).toString("utf8")) as Prelude
    response.writeHead(statusCode, { ...headers, ...(cookies.length > 0 && { "set-cookie": cookies }) })
    response.flushHeaders()
    const rest = head.subarray(end + separator.length)
    head = undefined
    if (rest.length > 0) flow(body, response, rest)
  })
  body.once("end", () => response.end())
  body.once("close", () => {
    if (!body.complete) response.destroy()
  })
  await outcome.over
}

function flow(body: IncomingMessage, response: ServerResponse, piece: Buffer): void {
  if (response.destroyed || response.write(piece)) return
  body.pause()
  const goOn = () => {
    response.off("drain", goOn)
    response.off("close", goOn)
    body.resume()
  }
  response.on("drain", goOn)
  response.on("close", goOn)
}

const mediaTypes: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
  ".json": "application/json",
  ".webmanifest": "application/manifest+json",
  ".png": "image/png",
}

/** A file of the build, or its page where a person goes; as infra/page.ts has it. */
function sendPage(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  { webFolder, pageHeaders }: FrontOptions,
): void {
  const { "sec-fetch-mode": mode, accept = "" } = request.headers
  const isFile = /\.[a-z0-9]+$|\/\./i.test(path)
  const wantsPage = mode === undefined ? accept.includes("text/html") : mode === "navigate"
  const name = path === "/" || (wantsPage && !isFile) ? "/index.html" : path
  const file = join(webFolder, name)
  const isThere = !name.includes("..") && existsSync(file) && statSync(file).isFile()
  if (!isThere || (request.method !== "GET" && request.method !== "HEAD")) {
    return void response.writeHead(isThere ? 403 : 404, pageHeaders).end()
  }
  const cache = name.startsWith("/assets/") ? "public, max-age=31536000, immutable" : "no-cache"
  const type = mediaTypes[extname(file)] ?? "application/octet-stream"
  response.writeHead(200, { ...pageHeaders, "content-type": type, "cache-control": cache })
  createReadStream(file).pipe(response)
}
