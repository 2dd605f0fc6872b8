import { GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3"
import type { S3Client } from "@aws-sdk/client-s3"
import { getSignedUrl } from "@aws-sdk/s3-request-presigner"

/** Addresses of objects that need nothing but themselves to be used, for a time. */
export type Presigner = {
  /** For these bytes of this type, once: S3 refuses another length or type, and an object that is there already. */
  upload(
    key: string,
    rules: { bytes: number; mediaType: string; expiresInMs: number },
  ): Promise<{ method: "PUT"; url: string; headers: Record<string, string> }>
  download(key: string, rules: { mediaType: string; contentDisposition: string; expiresInMs: number }): Promise<string>
}

/**
 * The client must have `requestChecksumCalculation: "WHEN_REQUIRED"`: else the checksum of no bytes at all is signed into
 * the address of an upload. In a browser the bucket's CORS rules must allow the headers that `upload` gives.
 */
export function createPresigner(client: S3Client, Bucket: string): Presigner {
  return {
    async upload(key, { bytes, mediaType, expiresInMs }) {
      const headers = { "content-type": mediaType, "if-none-match": "*" }
      const url = await getSignedUrl(
        client,
        new PutObjectCommand({
          Bucket,
          Key: key,
          ContentLength: bytes,
          ContentType: mediaType,
          IfNoneMatch: headers["if-none-match"],
        }),
        {
          expiresIn: expiresInMs / 1000,
          // Only what is signed is checked, and this one the presigner leaves out by itself.
          signableHeaders: new Set(["content-type"]),
        },
      )
      return { method: "PUT", url, headers }
    },
    download: (key, { mediaType, contentDisposition, expiresInMs }) =>
      getSignedUrl(
        client,
        new GetObjectCommand({
          Bucket,
          Key: key,
          ResponseContentType: mediaType,
          ResponseContentDisposition: contentDisposition,
          ResponseCacheControl: "private, max-age=3600",
        }),
        { expiresIn: expiresInMs / 1000 },
      ),
  }
}
