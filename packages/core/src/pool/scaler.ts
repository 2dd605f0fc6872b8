/** Where the pool's servers come from, where they can be started. Times are epoch milliseconds of whoever starts them. */
export interface PoolScaler {
  describe(): Promise<ServerGroup>
  /** Wants so many servers in all. Never fewer than are wanted already, never more than there may be. */
  start(desired: number): Promise<void>
  /** Wants no more servers than there are: what could not be started is not tried for ever. */
  stopStarting(): Promise<void>
  /** Gives a server back, and wants one less. Nothing happens when it is gone already. */
  terminate(nodeId: string): Promise<void>
}

export type ServerGroup = {
  /** Those that are there, and those that come or go. */
  running: GroupServer[]
  /** How many are wanted. */
  desired: number
  /** How many there may be. */
  most: number
  /**
   * Why the last start came to nothing, and what who runs the service can do: as a clause, without a full stop. Absent
   * once one has succeeded.
   */
  failed?: { at: number; message: string }
}

export type GroupServer = { nodeId: string; address?: string; state: "starting" | "running" | "ending" }
