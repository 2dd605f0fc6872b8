import { ClientError } from "@omnichat/client/client"
import type { Client } from "@omnichat/client/client"

/**
 * Whether this account may use the service: what every user may do is forbidden to one that was not let in yet.
 * Undefined when it cannot be found out now.
 */
export async function isLetIn(client: Client): Promise<boolean | undefined> {
  try {
    await client.http.chats({ limit: 1 })
    return true
  } catch (thrown) {
    return thrown instanceof ClientError && thrown.code === "forbidden" ? false : undefined
  }
}
