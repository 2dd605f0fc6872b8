/** Bytes under a key: uploaded files and bodies too large for the table. Keys are paths of our own making: `[A-Za-z0-9_/.-]+`, no `..`. */
export interface Blobs {
  put(key: string, bytes: Uint8Array, options: { mediaType: string }): Promise<void>
  /** Undefined when there is none. */
  get(key: string): Promise<Uint8Array | undefined>
  /** One that is gone already is no error. */
  delete(key: string): Promise<void>
  /** Every key that begins with the prefix is gone afterwards. */
  deleteAll(prefix: string): Promise<void>
  /** Where a client may put exactly these bytes once, and how; the address ends after `expiresInMs`. */
  uploadUrl(
    key: string,
    rules: { bytes: number; mediaType: string; expiresInMs: number },
  ): Promise<{ method: "PUT"; url: string; headers: Record<string, string> }>
  /** How many bytes lie there, undefined when none do. */
  size(key: string): Promise<number | undefined>
  /**
   * Only where the bytes need not pass through us: an address from which they can be had with these headers, whether or
   * not there are any.
   */
  downloadUrl?(
    key: string,
    rules: { mediaType: string; contentDisposition: string; expiresInMs: number },
  ): Promise<string>
}

/** @throws TypeError for what is no key of a blob */
export function checkBlobKey(key: string): void {
  const isKey = /^[A-Za-z0-9_/.-]+$/.test(key) && key.split("/").every((part) => part !== "" && !/^\.+$/.test(part))
  if (!isKey) throw new TypeError(`"${key}" is no key of a blob`)
}
