import type { IncomingMessage, ServerResponse } from "node:http"
import { listen } from "./aws/listen.ts"
import { judgeSignature } from "./sigv4.ts"

/** A server that speaks S3's wire as far as we use it, and judges every signature as S3 does. Objects are in memory. */

type Stored = { bytes: Buffer; mediaType: string }

export type S3StandIn = {
  url: string
  /** By bucket and key: `bucket/key`. */
  objects: Map<string, Stored>
  /** The clock that addresses are judged by, epoch milliseconds. */
  now: () => number
  /** Everything that was asked: method and path with its query. */
  requests: string[]
  close(): Promise<void>
}

export type S3StandInOptions = {
  /** Objects on one page of a list; S3's is 1,000. */
  pageSize?: number
}

type Asked = { request: IncomingMessage; response: ServerResponse; path: string; query: URLSearchParams; body: Buffer }

export async function startS3StandIn({ pageSize = 1000 }: S3StandInOptions = {}): Promise<S3StandIn> {
  const objects = new Map<string, Stored>()
  const requests: string[] = []

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const pieces: Buffer[] = []
    for await (const piece of request) pieces.push(piece as Buffer)
    const body = Buffer.concat(pieces)
    const url = new URL(request.url ?? "", standIn.url)
    requests.push(`${request.method} ${url.pathname}${url.search}`)
    allowOrigin(request, response)
    if (request.method === "OPTIONS") return void response.writeHead(200).end()
    const refusal = judgeSignature(request, body, standIn.now())
    if (refusal !== undefined) return refuse(response, refusal.status, refusal.code)
    const path = decodeURIComponent(url.pathname.slice(1)).replace(/\/$/, "")
    const asked = { request, response, path, query: url.searchParams, body }
    if (url.searchParams.has("list-type")) return list(asked)
    if (url.searchParams.has("delete")) return deleteMany(asked)
    const act = { PUT: put, GET: get, HEAD: get, DELETE: remove }[request.method ?? ""]
    return act === undefined ? refuse(response, 405, "MethodNotAllowed") : act(asked)
  }

  function put({ request, response, path, body }: Asked): void {
    if (request.headers["content-length"] === undefined) return refuse(response, 411, "MissingContentLength")
    if (request.headers["if-none-match"] === "*" && objects.has(path))
      return refuse(response, 412, "PreconditionFailed")
    objects.set(path, { bytes: body, mediaType: request.headers["content-type"] ?? "binary/octet-stream" })
    response.writeHead(200, { etag: '"0"' }).end()
  }

  function get({ response, path, query }: Asked): void {
    const found = objects.get(path)
    if (found === undefined) return refuse(response, 404, "NoSuchKey")
    const given = [...query].flatMap(([name, value]) =>
      name.startsWith("response-") ? [[name.slice("response-".length), value]] : [],
    )
    response.writeHead(200, {
      "content-type": found.mediaType,
      "content-length": String(found.bytes.length),
      ...(Object.fromEntries(given) as Record<string, string>),
    })
    response.end(found.bytes)
  }

  function remove({ response, path }: Asked): void {
    objects.delete(path)
    response.writeHead(204).end()
  }

  function list({ response, path, query }: Asked): void {
    const prefix = `${path}/${query.get("prefix") ?? ""}`
    const keys = [...objects.keys()].filter((key) => key.startsWith(prefix)).sort()
    const page = keys.slice(0, pageSize)
    const contents = page.map((key) => `<Contents><Key>${key.slice(path.length + 1)}</Key><Size>1</Size></Contents>`)
    const truncated = `<IsTruncated>${String(page.length < keys.length)}</IsTruncated>`
    xml(response, 200, `<ListBucketResult>${truncated}${contents.join("")}</ListBucketResult>`)
  }

  function deleteMany({ request, response, path, body }: Asked): void {
    const hasChecksum = Object.keys(request.headers).some((name) => /^content-md5$|^x-amz-checksum-/.test(name))
    if (!hasChecksum) return refuse(response, 400, "InvalidRequest")
    const keys = [...body.toString("utf8").matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, key]) => key ?? "")
    if (keys.length === 0 || keys.length > 1000) return refuse(response, 400, "MalformedXML")
    for (const key of keys) objects.delete(`${path}/${key}`)
    xml(response, 200, "<DeleteResult></DeleteResult>")
  }

  const server = await listen(handle)
  const standIn: S3StandIn = {
    url: server.url,
    objects,
    now: Date.now,
    requests,
    close: server.close,
  }
  return standIn
}

/** As a bucket whose CORS rules let our pages put and get. */
function allowOrigin(request: IncomingMessage, response: ServerResponse): void {
  const { origin } = request.headers
  if (origin === undefined) return
  response.setHeader("access-control-allow-origin", origin)
  response.setHeader("access-control-allow-methods", "GET, HEAD, PUT")
  response.setHeader("access-control-allow-headers", "content-type, if-none-match")
}

function refuse(response: ServerResponse, status: number, code: string): void {
  xml(response, status, `<Error><Code>${code}</Code><Message>refused</Message></Error>`)
}

function xml(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { "content-type": "application/xml" }).end(`<?xml version="1.0"?>${text}`)
}
