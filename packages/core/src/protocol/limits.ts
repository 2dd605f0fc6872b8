/** The sizes of the wire, in bytes of UTF-8 unless the name says otherwise (protocol C5, E5, H3, H7). */
export const limits = {
  /** A socket message to the server. Larger ones close the connection with 1009, as API Gateway does. */
  messageToServer: 32_768,
  /** A socket frame from the server. */
  frame: 30_000,
  /** One event as JSON. Longer deltas are split. */
  event: 24_000,
  /** The body of `POST /api/runs`. */
  runBody: 4 * 1024 * 1024,
  /** Any other JSON body. */
  jsonBody: 256 * 1024,
  /** An uploaded file. */
  file: 25 * 1024 * 1024,
  /** Files one message may name. */
  filesPerMessage: 20,
  /** A chat's title, in characters. */
  titleCharacters: 200,
  /** Connections one user may hold; the oldest gives way. */
  connectionsPerUser: 20,
} as const
