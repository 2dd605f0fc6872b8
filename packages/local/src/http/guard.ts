import type { IncomingMessage } from "node:http"
import { OmniError } from "@omnichat/core/protocol/error"

/**
 * What a request must be before anything looks at it: without accounts, whoever reaches this port is the owner, so only
 * the owner's own page and programs of this machine may. A hostile page in the owner's browser can send requests here,
 * but cannot choose `Host`, `Origin` or `Sec-Fetch-Site`; a proxy would make every stranger look like this machine.
 *
 * @throws OmniError `forbidden`, or `invalid` for a target that is no path
 */
export function guard(request: IncomingMessage, port: number): void {
  const { headers } = request
  refuseForwarded(request)
  const host = singleHost(request)
  if (!ownHosts(port).includes(host)) {
    throw new OmniError(
      "forbidden",
      `The Host header is "${cut(host)}". This server answers only to ${ownHosts(port).join(", ")}: another name could be ` +
        "a web page that has its name point at this machine.",
    )
  }
  const target = request.url ?? ""
  if (!target.startsWith("/")) throw new OmniError("invalid", "The request's target must be a path that begins with /.")
  if (headers.origin !== undefined && headers.origin.toLowerCase() !== `http://${host}`) {
    throw new OmniError(
      "forbidden",
      `The Origin header is "${cut(headers.origin)}". Only this server's own page, http://${host}, may ask it anything.`,
    )
  }
  const site = headers["sec-fetch-site"]
  if (site !== undefined && site !== "same-origin" && site !== "none" && !isPageVisit(request, target)) {
    throw new OmniError(
      "forbidden",
      `The request comes from another site (Sec-Fetch-Site: ${cut(site)}). Only this server's own page may ask it anything.`,
    )
  }
}

/** A link to us on another site that the owner has followed: it may show the page, and nothing else. */
function isPageVisit(request: IncomingMessage, target: string): boolean {
  const isGet = request.method === "GET" || request.method === "HEAD"
  const isVisit = request.headers["sec-fetch-mode"] === "navigate" && request.headers["sec-fetch-dest"] === "document"
  return isGet && isVisit && request.headers.upgrade === undefined && isPagePath(target)
}

/** Whether this is the address of a page, and not of anything that answers with data, whatever way it is written. */
export function isPagePath(target: string): boolean {
  let path: string
  try {
    path = decodeURIComponent(new URL(`http://page${target}`).pathname)
  } catch {
    return false // malformed, so no page of ours
  }
  const first = path.split("/").find((part) => part !== "") ?? ""
  return !["api", "socket", "health", "ready", "metrics", "v1", "ollama"].includes(first.toLowerCase())
}

function refuseForwarded(request: IncomingMessage): void {
  const name = Object.keys(request.headers).find((key) => key === "forwarded" || key.startsWith("x-forwarded-"))
  if (name === undefined) return
  throw new OmniError(
    "forbidden",
    `The request has a ${name} header, so it came through a proxy. Without accounts this server cannot tell strangers ` +
      "behind a proxy from its owner, and so serves none of them. Open it on its own machine, without the proxy.",
  )
}

/** The one Host header, lower-case. Node keeps the first of several; an attacker's proxy might keep the last. */
function singleHost(request: IncomingMessage): string {
  const count = request.rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === "host").length
  if (count !== 1) throw new OmniError("forbidden", `The request has ${count} Host headers, and must have one.`)
  return (request.headers.host ?? "").toLowerCase()
}

/** The names under which the owner can mean this server. */
export function ownHosts(port: number): string[] {
  const names = ["127.0.0.1", "localhost", "[::1]"]
  return port === 80 ? [...names, ...names.map((name) => `${name}:80`)] : names.map((name) => `${name}:${port}`)
}

const cut = (text: string): string => (text.length <= 100 ? text : `${text.slice(0, 100)}…`)
