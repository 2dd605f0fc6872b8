const linkProtocols = new Set(["http:", "https:", "mailto:"])
const imageProtocols = new Set(["http:", "https:"])

/** The address a link may lead to; undefined for what only looks like a link or hides where it leads. */
export function linkAddress(address: string): string | undefined {
  return safeAddress(address, linkProtocols)?.href
}

/** The address an image may be fetched from. */
export function imageAddress(address: string): URL | undefined {
  return safeAddress(address, imageProtocols)
}

function safeAddress(address: string, protocols: ReadonlySet<string>): URL | undefined {
  if (!URL.canParse(address)) return undefined
  const url = new URL(address)
  // `https://bank.example@elsewhere.example` leads elsewhere.
  return protocols.has(url.protocol) && url.username === "" && url.password === "" ? url : undefined
}
