import { keys } from "@omnichat/core/store/keys"
import type { Table } from "@omnichat/core/store/table"
import * as v from "valibot"

/**
 * A call through the proxy. That whoever called has left is not seen by a function, so it says in an item that it is still
 * there, which the function looks at.
 */
const callState = v.object({ beat: v.number(), stop: v.optional(v.boolean(), false) })
export type CallState = v.InferOutput<typeof callState>

/** Longer than any function runs. In seconds. */
const keptFor = 3600

/** `now` is epoch milliseconds. */
export async function openCall(table: Table, callId: string, now: number): Promise<void> {
  await table.put({ ...keys.poolCall(callId), beat: 0, expiresAt: Math.floor(now / 1000) + keptFor })
}

/** Whoever called is still there. */
export async function beatCall(table: Table, callId: string): Promise<void> {
  await table.update(keys.poolCall(callId), { add: { beat: 1 } }, { if: [{ exists: "pk" }] })
}

/** Nobody reads what comes any more. The item expires by itself. */
export async function stopCall(table: Table, callId: string): Promise<void> {
  await table.update(keys.poolCall(callId), { set: { stop: true } }, { if: [{ exists: "pk" }] })
}

export async function endCall(table: Table, callId: string): Promise<void> {
  await table.delete(keys.poolCall(callId))
}

export async function readCall(table: Table, callId: string): Promise<CallState | undefined> {
  const item = await table.get(keys.poolCall(callId), { consistent: true })
  return item === undefined ? undefined : v.parse(callState, item)
}
