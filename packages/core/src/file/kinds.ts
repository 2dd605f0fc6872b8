/** What a file may be (protocol H7), and what its bytes must then look like. */

const startsWith = (...signature: number[]) => ({ signature })
const images: Record<string, { signature: number[]; at8?: number[] }> = {
  "image/png": startsWith(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
  "image/jpeg": startsWith(0xff, 0xd8, 0xff),
  "image/gif": startsWith(0x47, 0x49, 0x46, 0x38), // GIF8
  "image/webp": { signature: [0x52, 0x49, 0x46, 0x46], at8: [0x57, 0x45, 0x42, 0x50] }, // RIFF….WEBP
}

export const allowedKinds = "images (PNG, JPEG, WebP, GIF), text, PDF and JSON"

/** How many first bytes `contradicts` wants to see of an image or a PDF. */
export const headBytes = 1024

export function isAllowedKind(mediaType: string): boolean {
  return Object.hasOwn(images, mediaType) || mediaType === "application/pdf" || isText(mediaType)
}

const isText = (mediaType: string): boolean => mediaType.startsWith("text/") || mediaType === "application/json"

/**
 * Looks at a file's bytes as they come. `take` gives why they are not what `mediaType` says, or undefined so far; the
 * first call that returns a reason ends it. `end` is called after the last byte.
 */
export function inspect(mediaType: string): { take(chunk: Uint8Array): string | undefined; end(): string | undefined } {
  if (isText(mediaType)) {
    const decoder = new TextDecoder("utf-8", { fatal: true })
    const decode = (chunk?: Uint8Array) => {
      try {
        const text = chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true })
        return text.includes("\0") ? notText : undefined
      } catch {
        return notText // the decoder's one error: not UTF-8
      }
    }
    return { take: decode, end: () => decode() }
  }
  let head = new Uint8Array(0)
  const judge = () => (looksLike(mediaType, head) ? undefined : `The bytes are no ${mediaType}.`)
  return {
    take(chunk) {
      if (head.length >= headBytes) return undefined
      const before = head
      head = new Uint8Array(Math.min(headBytes, before.length + chunk.length))
      head.set(before)
      head.set(chunk.subarray(0, head.length - before.length), before.length)
      return head.length < headBytes ? undefined : judge()
    },
    end: () => (head.length >= headBytes ? undefined : judge()),
  }
}

const notText = "A text file must be UTF-8 without NUL characters."

function looksLike(mediaType: string, head: Uint8Array): boolean {
  if (mediaType === "application/pdf") return new TextDecoder("latin1").decode(head).includes("%PDF-")
  const image = Object.hasOwn(images, mediaType) ? images[mediaType] : undefined
  if (image === undefined) return false
  return holds(head, 0, image.signature) && (image.at8 === undefined || holds(head, 8, image.at8))
}

const holds = (bytes: Uint8Array, at: number, expected: number[]): boolean =>
  expected.every((byte, index) => bytes[at + index] === byte)
