import type { Actor } from "@omnichat/core/access/actor"
import type { Tokens } from "@omnichat/core/access/tokens"
import { OmniError } from "@omnichat/core/protocol/error"

/** What a client may send its token in: names in lower case (protocol C2). */
export type TokenHeaders = { authorization?: string | undefined; protocols?: string | undefined }

/**
 * Who sends this: undefined for somebody without a token.
 *
 * @throws OmniError `unauthenticated` for a token that is wrong, or two that differ
 */
export async function actorOf(tokens: Tokens, headers: TokenHeaders): Promise<Actor | undefined> {
  const sent = [fromHeader(headers.authorization), fromProtocols(headers.protocols)]
  const [token, ...others] = new Set(sent.filter((each) => each !== undefined))
  if (others.length > 0) throw new OmniError("unauthenticated", "Two tokens were sent, and they differ. Send one.")
  return token === undefined ? undefined : tokens.verify(token)
}

/** The subprotocols a client offers. */
export const offeredProtocols = (header: string | undefined): string[] =>
  (header ?? "").split(",").map((name) => name.trim())

function fromHeader(header: string | undefined): string | undefined {
  if (header === undefined) return undefined
  const token = /^bearer +(\S+) *$/i.exec(header)?.[1]
  if (token === undefined) {
    throw new OmniError("unauthenticated", 'The Authorization header must be "Bearer" and an access token.')
  }
  return token
}

function fromProtocols(header: string | undefined): string | undefined {
  const prefix = "bearer."
  return offeredProtocols(header)
    .find((name) => name.startsWith(prefix))
    ?.slice(prefix.length)
}
