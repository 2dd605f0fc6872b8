import { S3Client } from "@aws-sdk/client-s3"
import { s3Blobs } from "@omnichat/functions/aws/s3-blobs"
import { createPresigner } from "@omnichat/functions/aws/s3-presigner"
import { afterAll, beforeAll, expect, it } from "vitest"
import { startS3StandIn } from "../support/s3-stand-in.ts"
import type { S3StandIn } from "../support/s3-stand-in.ts"
import { testCredentials } from "../support/sigv4.ts"
import { describeBlobs } from "./blobs.ts"

async function open(credentials = testCredentials) {
  const server = await startS3StandIn({ pageSize: 2 })
  const client = new S3Client({
    endpoint: server.url,
    region: "eu-central-1",
    credentials,
    maxAttempts: 1,
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
  })
  const blobs = s3Blobs({
    client,
    bucket: "files-of-omnichat",
    presigner: createPresigner(client, "files-of-omnichat"),
  })
  return { server, client, blobs }
}

describeBlobs("Blobs on S3", async () => {
  const { server, client, blobs } = await open()
  return {
    blobs,
    async send({ url, ...how }, body) {
      return (await fetch(new URL(url, server.url), { ...how, body: Buffer.from(body) })).status
    },
    pass(ms) {
      server.now = () => Date.now() + ms
    },
    async close() {
      client.destroy()
      await server.close()
    },
  }
})

let server: S3StandIn
let scene: Awaited<ReturnType<typeof open>>
beforeAll(async () => {
  scene = await open()
  server = scene.server
})
afterAll(async () => {
  scene.client.destroy()
  await server.close()
})

it("gives an address of a download, as a download, for a time", async () => {
  const { blobs } = scene
  await blobs.put("files/a", Buffer.from("abc"), { mediaType: "text/plain" })
  const url = await blobs.downloadUrl?.("files/a", {
    mediaType: "image/png",
    contentDisposition: `attachment; filename="a b.png"; filename*=UTF-8''a%20b.png`,
    expiresInMs: 60_000,
  })
  const response = await fetch(url ?? "")
  expect([response.status, await response.text()]).toEqual([200, "abc"])
  expect(Object.fromEntries(response.headers)).toMatchObject({
    "content-type": "image/png",
    "content-disposition": `attachment; filename="a b.png"; filename*=UTF-8''a%20b.png`,
    "cache-control": "private, max-age=3600",
  })
  expect((await fetch(String(url).replace("attachment", "inline"))).status).toBe(403)
  server.now = () => Date.now() + 60_000
  expect((await fetch(url ?? "")).status).toBe(403)
  server.now = Date.now
})

it("says what S3 refuses, and does not take it for an object that is not there", async () => {
  const wrong = await open({ ...testCredentials, secretAccessKey: "another" })
  await expect(wrong.blobs.get("files/a")).rejects.toMatchObject({ name: "SignatureDoesNotMatch" })
  await expect(wrong.blobs.size("files/a")).rejects.toMatchObject({ $metadata: { httpStatusCode: 403 } })
  wrong.client.destroy()
  await wrong.server.close()
})

it("gives no addresses where it was not made to", async () => {
  const { client } = scene
  const blobs = s3Blobs({ client, bucket: "b" })
  expect(blobs.downloadUrl).toBeUndefined()
  await expect(blobs.uploadUrl("k", { bytes: 1, mediaType: "text/plain", expiresInMs: 1000 })).rejects.toThrow(
    "not made to give addresses",
  )
})
