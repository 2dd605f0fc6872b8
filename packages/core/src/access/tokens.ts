import type { Actor } from "./actor.ts"

/** Tells whose a token is: the one place where a runtime turns what a client sent into an actor. */
export interface Tokens {
  /**
   * @throws OmniError `unauthenticated` for a token that is forged, expired, not for this service or no access token,
   * saying which
   */
  verify(token: string): Promise<Actor>
}
