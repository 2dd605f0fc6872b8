import type { ObjectIdentifier, S3Client } from "@aws-sdk/client-s3"
import {
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from "@aws-sdk/client-s3"
import { checkBlobKey } from "@omnichat/core/file/blobs"
import type { Blobs } from "@omnichat/core/file/blobs"
import type { Presigner } from "./s3-presigner.ts"

export type S3Options = {
  client: Pick<S3Client, "send">
  bucket: string
  /** Makes addresses for clients. Left out where nobody asks for one; then asking is an error. */
  presigner?: Presigner
}

/** The Blobs port over S3: a key is an object's key. A reader sees an object whole or not at all, by S3's own promise. */
export function s3Blobs({ client, bucket: Bucket, presigner }: S3Options): Blobs {
  const presigned = (): Presigner => {
    if (presigner === undefined) throw new Error("this function was not made to give addresses of objects")
    return presigner
  }

  return {
    async put(key, bytes, { mediaType }) {
      checkBlobKey(key)
      await client.send(new PutObjectCommand({ Bucket, Key: key, Body: bytes, ContentType: mediaType }))
    },
    async get(key) {
      checkBlobKey(key)
      const found = await unlessAbsent(client.send(new GetObjectCommand({ Bucket, Key: key })))
      if (found === undefined) return undefined
      if (found.Body === undefined) throw new Error(`S3 gave ${key} without a body`)
      return found.Body.transformToByteArray()
    },
    async delete(key) {
      checkBlobKey(key)
      await client.send(new DeleteObjectCommand({ Bucket, Key: key }))
    },
    async deleteAll(prefix) {
      // The first page each time: what was on it is gone before the next is asked for.
      for (;;) {
        const page = await client.send(new ListObjectsV2Command({ Bucket, Prefix: prefix }))
        const Objects = (page.Contents ?? []).flatMap(({ Key }): ObjectIdentifier[] =>
          Key === undefined ? [] : [{ Key }],
        )
        if (Objects.length === 0) return
        const deletion = await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }))
        const [failed] = deletion.Errors ?? []
        if (failed !== undefined) throw new Error(`S3 did not delete ${failed.Key}: ${failed.Code} ${failed.Message}`)
        if (page.IsTruncated !== true) return
      }
    },
    async uploadUrl(key, { bytes, mediaType, expiresInMs }) {
      checkBlobKey(key)
      return presigned().upload(key, { bytes, mediaType, expiresInMs })
    },
    async size(key) {
      checkBlobKey(key)
      const found = await unlessAbsent(client.send(new HeadObjectCommand({ Bucket, Key: key })))
      return found?.ContentLength
    },
    ...(presigner !== undefined && {
      async downloadUrl(key: string, rules: { mediaType: string; contentDisposition: string; expiresInMs: number }) {
        checkBlobKey(key)
        return presigner.download(key, rules)
      },
    }),
  }
}

/** S3 says 404 only to who may list the bucket; to others an object that is not there is forbidden (403). */
async function unlessAbsent<T>(asking: Promise<T>): Promise<T | undefined> {
  try {
    return await asking
  } catch (thrown) {
    if (thrown instanceof Error && (thrown.name === "NoSuchKey" || thrown.name === "NotFound")) return undefined
    throw thrown
  }
}
