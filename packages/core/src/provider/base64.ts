const alphabet = new TextEncoder().encode("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
const letter = (bits: number): number => alphabet[bits & 63] ?? 0
const padding = 61

/** Standard base 64 with padding. `btoa` takes seconds for a large picture, and everything else waits for it. */
export function base64(bytes: Uint8Array): string {
  const text = new Uint8Array(Math.ceil(bytes.length / 3) * 4).fill(padding)
  let at = 0
  for (let from = 0; from < bytes.length; from += 3) {
    const left = bytes.length - from
    const bits = ((bytes[from] ?? 0) << 16) | ((bytes[from + 1] ?? 0) << 8) | (bytes[from + 2] ?? 0)
    text[at] = letter(bits >> 18)
    text[at + 1] = letter(bits >> 12)
    if (left > 1) text[at + 2] = letter(bits >> 6)
    if (left > 2) text[at + 3] = letter(bits)
    at += 4
  }
  return new TextDecoder().decode(text)
}

/** The bytes of standard base 64; undefined for a text that is none. */
export function fromBase64(text: string): Uint8Array | undefined {
  try {
    return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))
  } catch {
    return undefined // Its one error: letters that stand for nothing.
  }
}
