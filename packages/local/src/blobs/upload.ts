import { inspect } from "@omnichat/core/file/kinds"
import { OmniError } from "@omnichat/core/protocol/error"
import { fileId } from "@omnichat/core/protocol/id"
import { pathId } from "@omnichat/functions/http/path"
import { WrongContentType } from "@omnichat/functions/http/refusal"
import type { Router } from "@omnichat/functions/http/router"
import type { FolderBlobs } from "./folder.ts"
import type { UploadRight, UploadSigner } from "./signer.ts"

/** Where a file's bytes are put (protocol H7): once, exactly as announced, checked as they come. */
export function addUpload(router: Router, blobs: FolderBlobs, signer: UploadSigner): void {
  router.on(
    "PUT",
    "/api/files/:id/upload",
    "file.upload",
    async (c) => {
      const key = `files/${pathId(c, fileId, "file")}`
      const right = signer.check(key, new URL(c.req.url).searchParams)
      if (right === undefined) {
        throw new OmniError(
          "forbidden",
          "This upload address is not valid, or no longer. Ask POST /api/files for a new one.",
        )
      }
      const contentType = c.req.header("content-type") ?? null
      if (contentType?.toLowerCase() !== right.mediaType) throw new WrongContentType(right.mediaType, contentType)
      const announced = c.req.header("content-length")
      if (announced !== undefined && Number(announced) !== right.bytes) throw otherSize(right)
      if ((await blobs.size(key)) !== undefined) {
        throw new OmniError("conflict", "The file has been uploaded already, and files do not change.")
      }
      await blobs.putStream(key, checked(c.req.raw.body, right))
      return c.body(null, 204)
    },
    { body: "own" },
  )
}

/** Passes on what comes; ends the upload at the first byte too many, at bytes of another type, or when some are missing. */
async function* checked(body: ReadableStream<Uint8Array> | null, right: UploadRight): AsyncGenerator<Uint8Array> {
  const inspection = inspect(right.mediaType)
  let length = 0
  for await (const chunk of body ?? []) {
    length += chunk.length
    if (length > right.bytes) throw otherSize(right)
    refuseIf(inspection.take(chunk))
    yield chunk
  }
  if (length !== right.bytes) throw otherSize(right)
  refuseIf(inspection.end())
}

function refuseIf(reason: string | undefined): void {
  if (reason !== undefined) throw new OmniError("invalid", `${reason} Nothing was stored.`)
}

const otherSize = ({ bytes }: UploadRight): OmniError =>
  new OmniError(
    "invalid",
    `The file was announced with ${bytes} bytes, and must have exactly as many. Nothing was stored.`,
  )
