import type { Tokens } from "@omnichat/core/access/tokens"
import { describe } from "@omnichat/core/log"
import type { Log } from "@omnichat/core/log"
import { OmniError } from "@omnichat/core/protocol/error"
import * as v from "valibot"
import { actorOf } from "../bearer.ts"
import { headers } from "./headers.ts"

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-lambda-auth.html */
const connectEvent = v.object({ methodArn: v.string(), headers })

export type Policy = {
  principalId: string
  policyDocument: {
    Version: "2012-10-17"
    Statement: [{ Action: "execute-api:Invoke"; Effect: "Allow" | "Deny"; Resource: string }]
  }
  /** Comes back with every message of the connection, as `requestContext.authorizer`. */
  context?: { userId: string; role: string; expiresAt?: number }
}

/**
 * Lets a connection in whose token is good. Without a good token the client gets 401, for an account that was not let in
 * yet 403, and 500 when the token could not be judged.
 */
export function createAuthorizer(tokens: Tokens, log: Log): (event: unknown) => Promise<Policy> {
  return async (event) => {
    const { methodArn, headers } = v.parse(connectEvent, event)
    try {
      const actor = await actorOf(tokens, {
        authorization: headers.get("authorization"),
        protocols: headers.get("sec-websocket-protocol"),
      })
      if (actor === undefined) throw new OmniError("unauthenticated", "No token was sent.")
      if (actor.role === "pending") return policy(actor.userId, "Deny", methodArn)
      return { ...policy(actor.userId, "Allow", methodArn), context: actor }
    } catch (thrown) {
      const isRefusal = thrown instanceof OmniError && thrown.code === "unauthenticated"
      if (!isRefusal) {
        log.error("token-not-judged", { error: describe(thrown) })
        throw thrown
      }
      log.info("connection-refused", { error: thrown.message })
      // The one text that API Gateway makes a 401 of.
      throw new Error("Unauthorized", { cause: thrown })
    }
  }
}

const policy = (principalId: string, Effect: "Allow" | "Deny", Resource: string): Policy => ({
  principalId,
  policyDocument: { Version: "2012-10-17", Statement: [{ Action: "execute-api:Invoke", Effect, Resource }] },
})
