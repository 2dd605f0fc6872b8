import { utf8Length } from "../bytes.ts"
import type { Blobs } from "../file/blobs.ts"
import type { ChatId, MessageId } from "../protocol/id.ts"
import type { Part } from "../protocol/part.ts"
import type { MessageRecord } from "./record.ts"

/** A message's parts stand in its row up to this many bytes, beyond it in a blob. */
const inlineBytes = 64 * 1024

export const blobFolder = (chatId: ChatId): string => `chats/${chatId}/`

/** Puts a large body away before the transaction that names it. `by` tells writers apart: the key of one that loses is its own. */
export async function storeBody(
  blobs: Blobs,
  chatId: ChatId,
  messageId: MessageId,
  parts: unknown[],
  by: string,
): Promise<{ parts: string } | { partsBlob: string }> {
  const text = JSON.stringify(parts)
  if (utf8Length(text) <= inlineBytes) return { parts: text }
  const key = `${blobFolder(chatId)}${messageId}-${by}.json`
  await blobs.put(key, new TextEncoder().encode(text), { mediaType: "application/json" })
  return { partsBlob: key }
}

/** The words of an answer, without its reasoning; of its parts as JSON text. */
export function textOf(parts: string): string {
  return (JSON.parse(parts) as Part[]).map((part) => (part.type === "text" ? part.text : "")).join("")
}

/** The JSON text of a message's parts. A blob that is gone is an error: its message should be gone too. */
export async function readBody(blobs: Blobs, record: MessageRecord): Promise<string> {
  if (record.partsBlob === undefined) return record.parts ?? "[]"
  const bytes = await blobs.get(record.partsBlob)
  if (bytes === undefined) throw new Error(`the body of ${record.messageId} is missing at ${record.partsBlob}`)
  return new TextDecoder().decode(bytes)
}
