import * as v from "valibot"
import type { Actor } from "../access/actor.ts"
import { authorize } from "../access/authorize.ts"
import type { Ports } from "../ports.ts"
import { OmniError } from "../protocol/error.ts"
import type { FileCreate, FileCreated } from "../protocol/http.ts"
import { fileId, newId } from "../protocol/id.ts"
import type { FileId } from "../protocol/id.ts"
import type { Clock } from "../store/clock.ts"
import { allowedKinds, isAllowedKind } from "./kinds.ts"
import { blobKey, readFile, readFiles, writeFile } from "./store.ts"
import type { FileItem } from "./store.ts"

/** Files that a user puts beside a message (protocol H7). Sizes are in bytes. */
export type FileRow = { id: FileId; name: string; mediaType: string; bytes: number; key: string }

export type FileContent = { name: string; mediaType: string; bytes: Uint8Array }

export type FilePorts = Pick<Ports, "table" | "blobs"> & { clock: Pick<Clock, "now"> }

/** How long the address of an upload is good. */
export const uploadExpiresInMs = 15 * 60 * 1000

/** How long a file waits to be named by a message before it is removed. */
export const keptUnnamedMs = 24 * 60 * 60 * 1000

/** A download begins at once; one that goes on longer is not broken off. */
const downloadExpiresInMs = 60 * 1000

/** From how many bytes on a file is better had from where it lies than through a function that is paid by the second. */
const redirectedFrom = 1024 * 1024

/**
 * Makes a file of the actor's and says where its bytes go. It is kept for as long as there is a chat that names it, and
 * for a day until one does.
 *
 * @throws OmniError `invalid` for a type that no file may have
 */
export async function createFile(ports: FilePorts, actor: Actor, body: FileCreate): Promise<FileCreated> {
  const now = ports.clock.now()
  authorize(actor, "file.create", { now })
  if (!isAllowedKind(body.mediaType)) {
    throw new OmniError(
      "invalid",
      `mediaType "${body.mediaType}" is not accepted: a file may be one of ${allowedKinds}.`,
    )
  }
  const id = newId("fil", now)
  const key = blobKey(id)
  const { mediaType, bytes } = body
  const file = { id, ownerId: actor.userId, name: plainName(body.name), mediaType, bytes, key, createdAt: now }
  await writeFile(ports.table, file, now + keptUnnamedMs)
  return { id, upload: await ports.blobs.uploadUrl(key, { bytes, mediaType, expiresInMs: uploadExpiresInMs }) }
}

/**
 * An uploaded file for the person who wants to have it: its bytes, or for a large one the address where they can be had,
 * if there is such a one. `disposition` makes the header that keeps it a download.
 *
 * @throws OmniError `not_found`
 */
export async function downloadFile(
  ports: FilePorts,
  actor: Actor,
  id: FileId,
  disposition: (name: string) => string,
): Promise<FileContent | { url: string }> {
  const file = await readFile(ports.table, id)
  if (file === undefined) throw unknown(id)
  allow(ports, actor, file)
  if (ports.blobs.downloadUrl === undefined || file.bytes < redirectedFrom) return contentOf(ports, file)
  if ((await ports.blobs.size(file.key)) === undefined) throw notUploaded(id)
  const rules = {
    mediaType: file.mediaType,
    contentDisposition: disposition(file.name),
    expiresInMs: downloadExpiresInMs,
  }
  return { url: await ports.blobs.downloadUrl(file.key, rules) }
}

/**
 * The bytes of a file that a stored message names, for the worker that answers it: whose it is was asked when the message
 * was stored.
 *
 * @throws OmniError `not_found`
 */
export async function loadFile(ports: Pick<FilePorts, "table" | "blobs">, id: FileId): Promise<FileContent> {
  const file = await readFile(ports.table, id)
  if (file === undefined) throw unknown(id)
  return contentOf(ports, file)
}

/** How a stored message names a file. */
export const fileUrl = (id: FileId): string => `/api/files/${id}`

/** The file that a stored message's address names. @throws OmniError `not_found` for an address that is not ours */
export function fileIdOf(url: string): FileId {
  const id = url.startsWith("/api/files/") ? url.slice("/api/files/".length) : undefined
  if (!v.is(fileId, id)) throw new OmniError("not_found", "The message names a file that is not stored here.")
  return id
}

/**
 * The files of these ids, in their order.
 *
 * @throws OmniError `not_found` naming the first id that is unknown, somebody else's, or not uploaded yet
 */
export async function findFiles(ports: FilePorts, actor: Actor, ids: readonly FileId[]): Promise<FileRow[]> {
  const distinct = [...new Set(ids)]
  if (distinct.length === 0) return []
  const found = new Map((await readFiles(ports.table, distinct)).map((file) => [file.id, file]))
  const sizes = new Map(
    await Promise.all(distinct.map(async (id) => [id, await sizeOf(ports, found.get(id))] as const)),
  )
  return ids.map((id) => {
    const file = found.get(id)
    if (file === undefined) throw unknown(id)
    allow(ports, actor, file)
    if (sizes.get(id) !== file.bytes) throw notUploaded(id)
    return { id, name: file.name, mediaType: file.mediaType, bytes: file.bytes, key: file.key }
  })
}

async function contentOf(ports: Pick<FilePorts, "blobs">, file: FileItem): Promise<FileContent> {
  const bytes = await ports.blobs.get(file.key)
  if (bytes === undefined) throw notUploaded(file.id)
  return { name: file.name, mediaType: file.mediaType, bytes }
}

const sizeOf = async (ports: FilePorts, file: FileItem | undefined): Promise<number | undefined> =>
  file === undefined ? undefined : ports.blobs.size(file.key)

function allow(ports: FilePorts, actor: Actor, file: FileItem): void {
  const resource = { ownerId: file.ownerId, name: nameOf(file.id) }
  authorize(actor, "file.read", { resource, now: ports.clock.now() })
}

/** The last part of a path, without control characters and halves of characters, so that no name can steer a header or a folder. */
function plainName(name: string): string {
  const last = name.split(/[/\\]/).at(-1) ?? ""
  const plain = last.replace(/[\p{Cc}\p{Cs}\p{Bidi_Control}]/gu, "").trim()
  return plain === "" || /^\.+$/.test(plain) ? "file" : plain
}

const nameOf = (id: FileId): string => `File ${id}`
const unknown = (id: FileId): OmniError => new OmniError("not_found", `${nameOf(id)} does not exist.`)
const notUploaded = (id: FileId): OmniError =>
  new OmniError(
    "not_found",
    `${nameOf(id)} has not been uploaded yet. Put its bytes where POST /api/files said, then try again.`,
  )
