/** The open sockets, wherever they end. */
export interface Connections {
  /**
   * Sends one text frame. `make` is called when the connection can take the frame, so that a slow one gets fewer and
   * larger frames and little is kept for it; it may be called later than `post`, and gives undefined when there is
   * nothing left to say. Resolves "sent" once the frame is on its way, "gone" when the connection is no more. Rejects
   * with ConnectionBusy when the connection took nothing within `timeoutMs`; then `make` will not be called any more.
   */
  post(connectionId: string, make: () => string | undefined, timeoutMs: number): Promise<"sent" | "gone">
  /** Ends a connection; one that is gone already is no error. */
  close(connectionId: string): Promise<void>
}

export class ConnectionBusy extends Error {
  override name = "ConnectionBusy"
}
