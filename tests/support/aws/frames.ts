import type { Duplex } from "node:stream"

/**
 * Looks at a WebSocket's frames on their way in and tells of the first one whose payload is larger than `most` bytes, as
 * soon as its header is there (RFC 6455, 5.2). The libraries know limits of whole messages only.
 */
export function watchFrames(socket: Duplex, most: number, tooLarge: () => void): void {
  let header = Buffer.alloc(0)
  let left = 0
  socket.on("data", function look(chunk: Buffer) {
    for (let at = 0; at < chunk.length;) {
      if (left > 0) {
        const taken = Math.min(left, chunk.length - at)
        left -= taken
        at += taken
        continue
      }
      header = Buffer.concat([header, chunk.subarray(at, at + 1)])
      at += 1
      const size = payloadOf(header)
      if (size === undefined) continue
      header = Buffer.alloc(0)
      left = size
      if (size <= most) continue
      socket.off("data", look)
      return tooLarge()
    }
  })
}

/** The payload's size in bytes; undefined until the header, with its mask, is whole. */
function payloadOf(header: Buffer): number | undefined {
  const second = header[1]
  if (second === undefined) return undefined
  const short = second & 0x7f
  const sizeBytes = short === 127 ? 8 : short === 126 ? 2 : 0
  const maskBytes = second & 0x80 ? 4 : 0
  if (header.length < 2 + sizeBytes + maskBytes) return undefined
  if (sizeBytes === 0) return short
  return sizeBytes === 2 ? header.readUInt16BE(2) : Number(header.readBigUInt64BE(2))
}
