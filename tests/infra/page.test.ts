import { once } from "node:events"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { runInNewContext } from "node:vm"
import { createWeb } from "@omnichat/local/http/web"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type Graph, deployed, oneOf } from "./graph.ts"

let graph: Graph
let local: ReturnType<typeof createServer>
let address: string

beforeAll(async () => {
  graph = await deployed("dev")
  const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }
  const web = createWeb(new Map(), silent)
  local = createServer((request, response) => void web(request, response))
  local.listen(0, "127.0.0.1")
  await once(local, "listening")
  address = `http://127.0.0.1:${(local.address() as AddressInfo).port}`
}, 300_000)

afterAll(() => local.close())

describe("the page's headers on AWS", () => {
  it("are those of one machine, and the policy lets it connect to what only AWS has", async () => {
    const { headers } = await fetch(address)
    const policy = oneOf(graph, "cloudfront/responseHeadersPolicy").inputs as {
      securityHeadersConfig: {
        contentSecurityPolicy: { contentSecurityPolicy: string }
        referrerPolicy: { referrerPolicy: string }
        contentTypeOptions: { override: boolean }
      }
      customHeadersConfig: { items: { header: string; value: string }[] }
    }
    const { contentSecurityPolicy, referrerPolicy, contentTypeOptions } = policy.securityHeadersConfig
    const domain = String(oneOf(graph, "cognito/userPoolDomain").inputs["domain"])
    const connections = [
      "'self'",
      "wss://connectionsapi.execute-api.us-east-1.amazonaws.com",
      `https://${domain}.auth.us-east-1.amazoncognito.com`,
      "https://cognito-idp.us-east-1.amazonaws.com",
      "https://filesbucket.s3.us-east-1.amazonaws.com",
    ]
    expect({
      "content-security-policy": contentSecurityPolicy.contentSecurityPolicy,
      "referrer-policy": referrerPolicy.referrerPolicy,
      "x-content-type-options": contentTypeOptions.override ? "nosniff" : "",
      ...Object.fromEntries(policy.customHeadersConfig.items.map(({ header, value }) => [header, value])),
    }).toEqual({
      "content-security-policy": headers
        .get("content-security-policy")
        ?.replace("connect-src 'self'", `connect-src ${connections.join(" ")}`),
      ...Object.fromEntries(
        [
          "referrer-policy",
          "x-content-type-options",
          "cross-origin-opener-policy",
          "cross-origin-resource-policy",
          "permissions-policy",
        ].map((name) => [name, headers.get(name)]),
      ),
    })
  })
})

it("the API on AWS is told the host that was asked for, and not the one that somebody says", () => {
  const { code } = oneOf(graph, "cloudfront/function", "Host").inputs
  const headers = { host: { value: "chat.example.com" }, "x-forwarded-host": { value: "evil.example" } }
  const event = { request: { uri: "/api/runs", headers } }
  expect(runInNewContext(`${String(code)}; handler(event)`, { event })).toEqual({
    uri: "/api/runs",
    headers: { host: { value: "chat.example.com" }, "x-forwarded-host": { value: "chat.example.com" } },
  })
})

describe("the addresses of the page on AWS", () => {
  const asked = (uri: string, headers: Record<string, string>) => {
    const values = Object.entries(headers).map(([name, value]) => [name, { value }])
    const event = { request: { uri, headers: Object.fromEntries(values) as object } }
    const { code, runtime } = oneOf(graph, "cloudfront/function", "Page").inputs
    expect(runtime).toBe("cloudfront-js-2.0")
    const answer: unknown = runInNewContext(`${String(code)}; handler(event).uri`, { event })
    return answer
  }

  it.each(["/", "/chats/cht_01J", "/settings", "/chats/cht_01J?x"])("%s is the page, for who visits it", (uri) => {
    expect(asked(uri, { "sec-fetch-mode": "navigate" })).toBe("/index.html")
    expect(asked(uri, { accept: "text/html,*/*" })).toBe("/index.html")
  })

  it.each(["/assets/app-1a2b3c4d.js", "/favicon.svg", "/assets/gone.js", "/.well-known/anything"])(
    "%s is a file or missing",
    (uri) => {
      expect(asked(uri, { "sec-fetch-mode": "navigate", accept: "text/html" })).toBe(uri)
      expect(asked(uri, {})).toBe(uri)
    },
  )

  it("what a script asks for is not the page", () => {
    expect(asked("/metrics", { "sec-fetch-mode": "cors" })).toBe("/metrics")
    expect(asked("/metrics", { accept: "application/json" })).toBe("/metrics")
  })
})
