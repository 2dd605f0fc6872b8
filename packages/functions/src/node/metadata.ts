/** What EC2 tells a machine about itself. Gives undefined for what there is nothing of. Throws when it cannot be asked. */
export type Metadata = (path: string) => Promise<string | undefined>

const tokenSeconds = 21_600
/** In milliseconds. */
const limit = 2000

/**
 * The metadata service, version 2: every question carries a token of this session
 * (https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html).
 */
export function createMetadata(baseUrl: string): Metadata {
  let token: string | undefined

  async function renewToken(): Promise<string> {
    const response = await fetch(`${baseUrl}/latest/api/token`, {
      method: "PUT",
      headers: { "x-aws-ec2-metadata-token-ttl-seconds": String(tokenSeconds) },
      signal: AbortSignal.timeout(limit),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`EC2's metadata gave no token: status ${response.status}`)
    return text
  }

  async function ask(path: string): Promise<Response> {
    token ??= await renewToken()
    return fetch(`${baseUrl}/latest/meta-data/${path}`, {
      headers: { "x-aws-ec2-metadata-token": token },
      signal: AbortSignal.timeout(limit),
    })
  }

  return async (path) => {
    let response = await ask(path)
    if (response.status === 401) {
      // The session is over.
      await response.text()
      token = undefined
      response = await ask(path)
    }
    const text = await response.text()
    if (response.status === 404) return undefined
    if (!response.ok) throw new Error(`EC2's metadata has no ${path}: status ${response.status}`)
    return text.trim()
  }
}

export type Identity = { nodeId: string; ip: string; instanceType: string }

/** Which machine this is. Throws when it is none of EC2's. */
export async function readIdentity(metadata: Metadata): Promise<Identity> {
  const required = async (path: string): Promise<string> => {
    const value = await metadata(path)
    if (value === undefined) throw new Error(`EC2's metadata has no ${path}`)
    return value
  }
  return {
    nodeId: await required("instance-id"),
    ip: await required("local-ipv4"),
    instanceType: await required("instance-type"),
  }
}
