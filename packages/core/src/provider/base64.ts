// A multiple of 3, so that the pieces join without padding, and short enough to be passed as arguments.
const pieceLength = 24_576

/** Standard base 64 with padding. */
export function base64(bytes: Uint8Array): string {
  let text = ""
  for (let from = 0; from < bytes.length; from += pieceLength) {
    text += btoa(String.fromCharCode(...bytes.subarray(from, from + pieceLength)))
  }
  return text
}
