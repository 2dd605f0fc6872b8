import type { Actor } from "@omnichat/core/access/actor"
import { OmniError } from "@omnichat/core/protocol/error"

/** The one person this machine's server works for. */
export const owner: Actor = { userId: "owner", role: "admin" }

/**
 * Whoever gets past the guard is the owner. There are no accounts and so no tokens: one that is sent is wrong, and is
 * refused rather than ignored (protocol C4).
 *
 * @throws OmniError `unauthenticated`
 */
export function actorOf(headers: { authorization: string | null; protocols?: string | undefined }): Actor {
  const offered = (headers.protocols ?? "").split(",").map((name) => name.trim())
  if (headers.authorization === null && !offered.some((name) => name.startsWith("bearer."))) return owner
  throw new OmniError(
    "unauthenticated",
    "A token was sent, and this server has no accounts: no token is valid. Leave it out.",
  )
}
