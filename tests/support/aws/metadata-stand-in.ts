import { randomUUID } from "node:crypto"
import { listen } from "./listen.ts"
import type { Listening } from "./listen.ts"

/** EC2's metadata service, version 2 only, as a server with a role has it. */
export type MetadataStandIn = Listening & {
  /** By path below `/latest/meta-data/`. What is not there is a 404. */
  values: Record<string, string>
  /** How many were given. */
  tokens: number
  broken: boolean
  forgetTokens(): void
}

export const roleKey = "ASIAROLEOFTHESERVER0"

export async function startMetadataStandIn(): Promise<MetadataStandIn> {
  const known = new Set<string>()
  const credentials = {
    Code: "Success",
    Type: "AWS-HMAC",
    AccessKeyId: roleKey,
    SecretAccessKey: "secret",
    Token: "token-of-the-role",
    LastUpdated: new Date().toISOString(),
    Expiration: new Date(Date.now() + 6 * 3_600_000).toISOString(),
  }
  const values: Record<string, string> = {
    "instance-id": "i-0123456789abcdef0",
    "local-ipv4": "10.77.1.5",
    "instance-type": "g5.xlarge",
    "iam/security-credentials/": "pool-server",
    "iam/security-credentials/pool-server": JSON.stringify(credentials),
  }
  const server = await listen((request, response) => {
    const { url = "", method, headers } = request
    request.resume()
    if (standIn.broken) return void response.writeHead(500).end()
    if (url === "/latest/api/token" && method === "PUT") {
      const token = randomUUID()
      known.add(token)
      standIn.tokens += 1
      return void response.end(token)
    }
    if (!known.has(String(headers["x-aws-ec2-metadata-token"]))) return void response.writeHead(401).end()
    const value = values[url.replace(/^\/latest\/meta-data\//, "")]
    return void response.writeHead(value === undefined ? 404 : 200).end(value)
  })
  const standIn: MetadataStandIn = { ...server, values, tokens: 0, broken: false, forgetTokens: () => known.clear() }
  return standIn
}
