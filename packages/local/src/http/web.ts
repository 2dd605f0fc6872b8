import { createReadStream } from "node:fs"
import type { IncomingMessage, ServerResponse } from "node:http"
import { pipeline } from "node:stream/promises"
import { describe } from "@omnichat/core/log"
import type { Log } from "@omnichat/core/log"
import { missingBuildPage } from "./missing-build-page.ts"
import type { WebFile, WebFiles } from "./web-files.ts"

/**
 * What the page may do, should a model's words ever get past the renderer: run our scripts and talk to us. Styles may
 * stand in attributes, for highlighted code and formulas have them there. Pictures may come from anywhere, because the
 * reader may want one that an answer names; the renderer asks first.
 */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob: https: http:",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ")

const pageHeaders = {
  "content-security-policy": contentSecurityPolicy,
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}

/** Serves the web build; `files` is undefined when there is none. */
export function createWeb(files: WebFiles | undefined, log: Log) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = pathOf(request)
    if (files === undefined) return sendText(response, 503, "text/html; charset=utf-8", missingBuildPage)
    const file = files.get(path) ?? (isVisit(request, path) ? files.get("/index.html") : undefined)
    if (file === undefined) return sendText(response, 404, "text/plain; charset=utf-8", "There is no such file here.\n")
    await sendFile(request, response, file, path.startsWith("/assets/"), log)
  }
}

/** Every address of the app is one page; a file that is missing stays missing. */
function isVisit(request: IncomingMessage, path: string): boolean {
  const mode = request.headers["sec-fetch-mode"]
  const wantsPage = mode === undefined ? (request.headers.accept ?? "").includes("text/html") : mode === "navigate"
  return path === "/" || (wantsPage && !/\.[a-z0-9]+$|\/\./i.test(path))
}

function pathOf(request: IncomingMessage): string {
  try {
    return decodeURIComponent(new URL(`http://page${request.url ?? "/"}`).pathname)
  } catch {
    return "" // malformed: the name of no file
  }
}

async function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  file: WebFile,
  isHashed: boolean,
  log: Log,
): Promise<void> {
  const encoding = file.encodings.find(({ name }) => accepts(request, name))
  const etag = `"${file.etag}${encoding === undefined ? "" : `-${encoding.name}`}"`
  const headers = {
    ...pageHeaders,
    "content-type": file.mediaType,
    "cache-control": isHashed ? "public, max-age=31536000, immutable" : "no-cache",
    vary: "accept-encoding",
    etag,
  }
  if (request.headers["if-none-match"]?.split(/\s*,\s*/).includes(etag) === true) {
    response.writeHead(304, headers).end()
    return
  }
  response.writeHead(200, encoding === undefined ? headers : { ...headers, "content-encoding": encoding.name })
  if (request.method === "HEAD") return void response.end()
  try {
    await pipeline(createReadStream(encoding?.path ?? file.path), response)
  } catch (thrown) {
    // the visitor left, or the build was replaced while we run; the headers are out, so nothing more can be said
    log.debug("file-not-served", { error: describe(thrown) })
  }
}

/** Whether the encoding is named, and not with a weight of 0 (RFC 9110, section 12.5.3). */
const accepts = (request: IncomingMessage, encoding: string): boolean =>
  (request.headers["accept-encoding"] ?? "").split(",").some((part) => {
    const [name, weight] = part
      .trim()
      .toLowerCase()
      .split(/\s*;\s*/)
    return name === encoding && !/^q=0(\.0*)?$/.test(weight ?? "")
  })

function sendText(response: ServerResponse, status: number, mediaType: string, text: string): void {
  const length = Buffer.byteLength(text)
  response.writeHead(status, {
    ...pageHeaders,
    "content-type": mediaType,
    "content-length": length,
    "cache-control": "no-store",
  })
  response.end(text)
}
