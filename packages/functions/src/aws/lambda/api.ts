import type { Tokens } from "@omnichat/core/access/tokens"
import { describe } from "@omnichat/core/log"
import { viewPool } from "@omnichat/core/pool/view"
import { OmniError } from "@omnichat/core/protocol/error"
import type { Auth } from "@omnichat/core/protocol/http"
import { createApi } from "../../http/api.ts"
import { checkReadiness } from "../../http/readiness.ts"
import { asResponse } from "../../http/refusal.ts"
import { version } from "../../version.ts"
import { untilSettled } from "../background.ts"
import { actorOf } from "../bearer.ts"
import type { SiteEnvironment } from "../environment.ts"
import type { Runtime } from "../runtime.ts"
import { toRequest } from "./http-event.ts"
import { createOriginGuard } from "./origin.ts"
import { sendResponse } from "./streaming.ts"
import type { LambdaStreaming, ResponseStream } from "./streaming.ts"

/** Stands for our own origin where nobody has said it: nothing that is answered depends on it. */
const anySite = "https://omnichat.invalid"

/** The HTTP side behind a function URL, with the response as a stream (protocol H1 to H8). */
export function createApiFunction(
  { ports, catalogue, pool, settled }: Runtime,
  tokens: Tokens,
  site: SiteEnvironment,
  lambda: LambdaStreaming,
): (event: unknown, stream: ResponseStream) => Promise<void> {
  const api = createApi({
    ports,
    ...(pool !== undefined && { pool: () => viewPool(pool) }),
    actorOf: ({ headers }) => actorOf(tokens, { authorization: headers.get("authorization") ?? undefined }),
    guard: createOriginGuard(site.siteUrl),
    config: () => ({ socketUrl: site.socketUrl, mode: "aws", auth: authOf(site) }),
    health: {
      version,
      ready: () => checkReadiness(ports, () => catalogue.checkSources()),
      metrics: () => Promise.reject(new OmniError("not_found", "Nothing is counted here: CloudWatch has the numbers.")),
    },
  })

  async function answer(event: unknown, signal: AbortSignal): Promise<Response> {
    let request: Request
    try {
      request = toRequest(event, site.siteUrl ?? anySite, signal)
    } catch (thrown) {
      ports.log.info("no-request", { error: describe(thrown) })
      return asResponse(new OmniError("invalid", "This request cannot be read."), ports.log, "function URL")
    }
    return api.fetch(request)
  }

  return (event, stream) =>
    untilSettled({ settled }, async () => {
      const leaving = new AbortController()
      stream.once("close", () => leaving.abort())
      const response = await answer(event, leaving.signal)
      try {
        await sendResponse(lambda, stream, response)
      } catch (thrown) {
        // The client sees it by the missing end.
        const hasLeft = thrown instanceof Error && "code" in thrown && thrown.code === "ERR_STREAM_PREMATURE_CLOSE"
        ports.log[hasLeft ? "debug" : "error"]("response-broke-off", { error: describe(thrown) })
      }
    })
}

function authOf({ issuer, clientId, signOutUrl }: SiteEnvironment): Auth {
  return { kind: "oidc", issuer, clientId, scope: "openid email", ...(signOutUrl !== undefined && { signOutUrl }) }
}
