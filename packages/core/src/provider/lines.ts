/** A line longer than this is no answer of a model; it is refused before it fills the memory. In bytes. */
const longestLine = 8 * 1024 * 1024

const lineFeed = 10
const carriageReturn = 13

/**
 * Cuts a stream of bytes into lines. The cut is made on bytes, so it never falls inside a UTF-8 character, however the
 * stream was split on its way; a line is decoded as a whole (`decodeLine`).
 */
export class Lines {
  #pieces: Uint8Array[] = []
  #held = 0

  /** The lines that these bytes complete, without their ends (LF or CRLF). Throws a RangeError on a line that never ends. */
  push(bytes: Uint8Array): Uint8Array[] {
    const lines: Uint8Array[] = []
    let from = 0
    for (let at = bytes.indexOf(lineFeed); at !== -1; at = bytes.indexOf(lineFeed, from)) {
      lines.push(withoutReturn(this.#join(bytes.subarray(from, at))))
      from = at + 1
    }
    if (from < bytes.length) {
      this.#pieces.push(from === 0 ? bytes : bytes.subarray(from))
      this.#held += bytes.length - from
      if (this.#held > longestLine) throw new RangeError(`a line of more than ${longestLine} bytes`)
    }
    return lines
  }

  /** What came after the last line end, once the stream is over. Undefined when nothing did. */
  end(): Uint8Array | undefined {
    return this.#held === 0 ? undefined : withoutReturn(this.#join(new Uint8Array(0)))
  }

  #join(last: Uint8Array): Uint8Array {
    if (this.#held === 0) return last
    const joined = new Uint8Array(this.#held + last.length)
    let at = 0
    for (const piece of this.#pieces) {
      joined.set(piece, at)
      at += piece.length
    }
    joined.set(last, at)
    this.#pieces = []
    this.#held = 0
    return joined
  }
}

const withoutReturn = (line: Uint8Array): Uint8Array =>
  line[line.length - 1] === carriageReturn ? line.subarray(0, -1) : line

// The mark is kept so that a line reads the same wherever the stream was split.
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })

/** Throws a TypeError on bytes that are no UTF-8. */
export const decodeLine = (line: Uint8Array): string => decoder.decode(line)
