import { isServerUrl } from "@omnichat/core/protocol/settings"

/**
 * The address a person means: `localhost:11434` is one too. Undefined for what cannot be one. It loses the slashes at
 * its end, as the server keeps it.
 */
export function addressOf(text: string): string | undefined {
  const trimmed = text.trim().replace(/\/+$/, "")
  if (trimmed === "") return undefined
  const address = /^[a-z][a-z0-9+.-]*:\/\//i.test(trimmed) ? trimmed : `http://${trimmed}`
  return isServerUrl(address) ? address : undefined
}
