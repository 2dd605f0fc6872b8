import type { Blobs } from "@omnichat/core/file/blobs"

/** For a world whose messages are short and without files. */
export const noBlobs: Blobs = {
  put: () => Promise.reject(new Error("no blobs in this world")),
  get: () => Promise.resolve(undefined),
  delete: () => Promise.resolve(),
  deleteAll: () => Promise.resolve(),
  uploadUrl: () => Promise.reject(new Error("no blobs in this world")),
  size: () => Promise.resolve(undefined),
}
