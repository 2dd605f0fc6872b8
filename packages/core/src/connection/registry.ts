import type { Actor } from "../access/actor.ts"
import { authorize } from "../access/authorize.ts"
import { describe } from "../log.ts"
import type { Ports } from "../ports.ts"
import type { Frame } from "../protocol/frame.ts"
import { limits } from "../protocol/limits.ts"
import type { Clock } from "../store/clock.ts"
import { keys } from "../store/keys.ts"
import type { Item, Table } from "../store/table.ts"

/** Which sockets are whose: two items a connection, which go by themselves a little after the longest life of a socket. */

type SendPorts = Pick<Ports, "table" | "connections" | "log"> & { clock: Pick<Clock, "now"> }
type WithTable = { table: Table }

/** A socket lives 2 hours at most (protocol C6); its items outlive it by 5 minutes. */
const keptForMs = (2 * 60 + 5) * 60 * 1000
const sendTimeoutMs = 5000
/** A gateway may call a connection gone that it has not opened yet. */
const openingMs = 10_000

/**
 * Notes the connection as the actor's. A user's oldest connections beyond 20 are closed (protocol C6).
 *
 * @throws OmniError `unauthenticated`
 */
export async function openConnection(
  ports: Pick<Ports, "table" | "connections" | "log"> & { clock: Pick<Clock, "now"> },
  actor: Actor,
  connectionId: string,
): Promise<void> {
  const now = ports.clock.now()
  authorize(actor, "connection.open", { now })
  const expiresAt = Math.ceil((now + keptForMs) / 1000)
  await ports.table.transact([
    { put: { ...keys.connection(connectionId), userId: actor.userId, openedAt: now, expiresAt } },
    { put: { ...keys.userConnection(actor.userId, connectionId), connectionId, openedAt: now, expiresAt } },
  ])
  const open = await connectionsOf(ports, actor.userId)
  for (const oldest of open.slice(0, Math.max(0, open.length - limits.connectionsPerUser))) {
    ports.log.info("connection-displaced", { connectionId: oldest.connectionId })
    await closeConnection(ports, oldest.connectionId)
    await ports.connections.close(oldest.connectionId)
  }
}

/** Forgets the connection; one that is not known is no error. */
export async function closeConnection(ports: WithTable, connectionId: string): Promise<void> {
  const item = await ports.table.delete(keys.connection(connectionId))
  if (typeof item?.["userId"] !== "string") return
  await ports.table.delete(keys.userConnection(item["userId"], connectionId))
}

/**
 * Sends a frame to every connection of a user. Resolves when each was tried: one that is gone, and not just being
 * opened, is forgotten; one that takes nothing for 5 s misses the frame, for such frames are hints and the client reads
 * the truth when it comes back.
 */
export async function sendToUser(ports: SendPorts, userId: string, frame: Frame): Promise<void> {
  const open = await connectionsOf(ports, userId)
  const text = JSON.stringify(frame)
  await Promise.all(
    open.map(async ({ connectionId, openedAt }) => {
      try {
        const outcome = await ports.connections.post(connectionId, () => text, sendTimeoutMs)
        const isOpening = ports.clock.now() < openedAt + openingMs
        if (outcome === "gone" && !isOpening) await closeConnection(ports, connectionId)
      } catch (thrown) {
        ports.log.warn("frame-not-sent", { connectionId, type: frame.type, error: describe(thrown) })
      }
    }),
  )
}

/** The same without anybody waiting: one connection that reads slowly must not hold up the answer to another. */
export function announce(ports: SendPorts & Pick<Ports, "background">, userId: string, frame: Frame): void {
  ports.background(
    sendToUser(ports, userId, frame).catch((thrown: unknown) => {
      ports.log.warn("not-announced", { type: frame.type, error: describe(thrown) })
    }),
  )
}

/** Forgets every connection of a user: what a one-machine server does at start, when no socket can be open yet. */
export async function forgetConnections(ports: WithTable, userId: string): Promise<void> {
  const stale = await connectionsOf(ports, userId)
  await ports.table.batchWrite(
    stale.flatMap(({ connectionId }) => [
      { delete: keys.connection(connectionId) },
      { delete: keys.userConnection(userId, connectionId) },
    ]),
  )
}

type Known = { connectionId: string; openedAt: number }

/** Of a user, the oldest first. */
async function connectionsOf(ports: WithTable, userId: string): Promise<Known[]> {
  const found: Known[] = []
  const { pk, sk: prefix } = keys.userConnection(userId, "")
  let cursor: string | undefined
  do {
    const from = cursor === undefined ? {} : { cursor }
    const page = await ports.table.query({ pk, prefix, consistent: true, ...from })
    found.push(...page.items.map(asKnown))
    cursor = page.cursor
  } while (cursor !== undefined)
  return found.sort((a, b) => a.openedAt - b.openedAt)
}

function asKnown(item: Item): Known {
  const { connectionId, openedAt } = item
  if (typeof connectionId !== "string" || typeof openedAt !== "number") {
    throw new TypeError(`the connection item ${item.pk} ${item.sk} has no connectionId or openedAt`)
  }
  return { connectionId, openedAt }
}
