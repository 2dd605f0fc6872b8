/** The numbers of one machine's sockets; times in milliseconds, sizes in bytes (protocol C5 to C7). */
export type SocketLimits = {
  /** A new frame is made while less than this waits in the socket. */
  mostBuffered: number
  actions: { perSecond: number; burst: number }
  /** Actions under way; beyond it nothing is read from the socket until some are answered. */
  mostUnanswered: number
  /** Without a frame from the client. */
  idle: number
  /** The longest life of a connection. */
  life: number
  /** With something to send, and nothing taken. */
  stalled: number
  /** How long the client may take to answer our close. */
  closing: number
}

const minutes = 60_000

export const socketLimits: SocketLimits = {
  mostBuffered: 256 * 1024,
  actions: { perSecond: 100, burst: 1000 },
  mostUnanswered: 1000,
  idle: 10 * minutes,
  life: 120 * minutes,
  stalled: 1 * minutes,
  closing: 2000,
}
