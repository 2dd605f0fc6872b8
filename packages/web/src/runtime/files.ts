import type { Client } from "@omnichat/client/client"
import type { FileId } from "@omnichat/core/protocol/id"

/** The files of messages. Where a token is needed a page cannot name an address: the bytes are fetched with it. */
export interface Files {
  /** Where the page itself may load it from; undefined where its bytes must be asked for. */
  address(id: FileId): string | undefined
  /** Its bytes, kept for a while, since pictures come and go as one scrolls. Rejects with a ClientError. */
  bytes(id: FileId): Promise<Blob>
}

const keptAtMost = 24

export function createFiles(client: Client, { fetched }: { fetched: boolean }): Files {
  const kept = new Map<FileId, Promise<Blob>>()
  return {
    address: (id) => (fetched ? undefined : client.http.fileUrl(id)),
    bytes(id) {
      const bytes = kept.get(id) ?? client.http.file(id)
      kept.delete(id)
      kept.set(id, bytes)
      bytes.catch(() => kept.delete(id)) // whoever looks again asks again
      for (const oldest of [...kept.keys()].slice(0, -keptAtMost)) kept.delete(oldest)
      return bytes
    },
  }
}
