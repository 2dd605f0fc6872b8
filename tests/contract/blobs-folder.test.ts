import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createRouter } from "@omnichat/functions/http/router"
import { createLog } from "@omnichat/functions/log"
import { createFolderBlobs } from "@omnichat/local/blobs/folder"
import { createUploadSigner } from "@omnichat/local/blobs/signer"
import { addUpload } from "@omnichat/local/blobs/upload"
import { describeBlobs } from "./blobs.ts"

const log = createLog("silent", () => {})

describeBlobs("Blobs in a folder", () => {
  let time = 1_800_000_000_000
  const now = () => time
  const folder = mkdtempSync(join(tmpdir(), "omnichat-blobs-"))
  const signer = createUploadSigner(new Uint8Array(32), now)
  const blobs = createFolderBlobs(join(folder, "blobs"), signer)
  const app = createRouter(
    { log, clock: { now } },
    () => undefined,
    (router) => addUpload(router, blobs, signer),
  )
  return {
    blobs,
    async send({ url, ...how }, body) {
      const request = new Request(new URL(url, "http://127.0.0.1"), { ...how, body: Buffer.from(body) })
      return (await app.fetch(request)).status
    },
    pass: (ms) => void (time += ms),
    close: () => rmSync(folder, { recursive: true }),
  }
})
