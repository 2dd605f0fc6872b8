import { createHmac, timingSafeEqual } from "node:crypto"

/** What an upload address allows: these many bytes of this type under this key, until `expiresAt` (epoch ms). */
export type UploadRight = { key: string; bytes: number; mediaType: string; expiresAt: number }

export type UploadSigner = {
  /** The address, as a path of this server, and how to use it. */
  sign(
    key: string,
    rules: { bytes: number; mediaType: string; expiresInMs: number },
  ): { method: "PUT"; url: string; headers: Record<string, string> }
  /** The right that an address gives; undefined when it is forged, altered or over. */
  check(key: string, query: URLSearchParams): UploadRight | undefined
}

/** Upload addresses that need nothing but this server's key to be checked. */
export function createUploadSigner(secret: Uint8Array, now: () => number): UploadSigner {
  const signatureOf = ({ key, bytes, mediaType, expiresAt }: UploadRight): Buffer =>
    createHmac("sha256", secret)
      .update(JSON.stringify([key, bytes, mediaType, expiresAt]))
      .digest()

  return {
    sign(key, { bytes, mediaType, expiresInMs }) {
      const expiresAt = now() + expiresInMs
      const query = new URLSearchParams({
        bytes: String(bytes),
        type: mediaType,
        expires: String(expiresAt),
        signature: signatureOf({ key, bytes, mediaType, expiresAt }).toString("base64url"),
      })
      // keys of files are `files/<id>`
      const url = `/api/files/${key.slice(key.lastIndexOf("/") + 1)}/upload?${query.toString()}`
      return { method: "PUT", url, headers: { "content-type": mediaType } }
    },

    check(key, query) {
      const right = {
        key,
        bytes: Number(query.get("bytes")),
        mediaType: query.get("type") ?? "",
        expiresAt: Number(query.get("expires")),
      }
      const given = Buffer.from(query.get("signature") ?? "", "base64url")
      const expected = signatureOf(right)
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined
      return right.expiresAt > now() ? right : undefined
    },
  }
}
