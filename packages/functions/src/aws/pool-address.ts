/** A range of IPv4 addresses, as numbers. */
export type Network = { first: number; last: number }

/** Not reachable from outside (RFC 1918), and this machine itself, for tests. */
const privateNetworks = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8"].flatMap(
  (text) => rangeOf(text) ?? [],
)

/** A range in CIDR notation like `10.0.0.0/16`; undefined when it is none, or not a private one. */
export function parseNetwork(text: string): Network | undefined {
  const range = rangeOf(text)
  const isPrivate = privateNetworks.some((each) => range && range.first >= each.first && range.last <= each.last)
  return isPrivate ? range : undefined
}

/** Whether an address is exactly a server of the pool: `http://10.0.3.4:11434`, without a path or anything else. */
export function isPoolAddress(address: string, { network, port }: { network: Network; port: number }): boolean {
  const [, host = "", ownPort] = /^http:\/\/([\d.]+):(\d+)$/.exec(address) ?? []
  const number = numberOf(host)
  return ownPort === String(port) && number !== undefined && number >= network.first && number <= network.last
}

function rangeOf(text: string): Network | undefined {
  const [, host = "", bits = ""] = /^([\d.]+)\/(\d{1,2})$/.exec(text) ?? []
  const number = numberOf(host)
  const size = 2 ** (32 - Number(bits))
  if (number === undefined || Number(bits) > 32 || number % size !== 0) return undefined
  return { first: number, last: number + size - 1 }
}

function numberOf(host: string): number | undefined {
  const parts = host.split(".")
  const isAddress = parts.length === 4 && parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256)
  return isAddress ? parts.reduce((sum, part) => sum * 256 + Number(part), 0) : undefined
}
