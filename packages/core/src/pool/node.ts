/**
 * A server of the pool as the table has it: one item, written by its agent (`beat`, `report`) and by those who send work
 * to it (everything else). No field compares the clocks of two machines: an agent's time never decides anything.
 */
export type PoolNode = {
  nodeId: string
  /** The base URL of its Ollama. */
  address: string
  /** Counts the changes of those who send work; a slot is taken on the revision that was seen. */
  rev: number
  /** Counts the agent's reports. A count that stands still for long means that nothing is heard of it. */
  beat: number
  /** The last count that was looked at, and when (epoch milliseconds, of those who look). */
  seen?: { beat: number; at: number }
  report?: NodeReport
  /** Who is being answered there: leases, so that they end by themselves when a worker dies. */
  slots: Record<string, Slot>
  /** The model it is to load next. Done when the report's `handled` is this `number`. */
  want?: Want
  /** It takes no new work, and lets what it has end. */
  draining?: { reason: DrainReason; at: number }
  /** Calls that failed in a row, and until when it is left alone (epoch milliseconds). */
  failures: number
  restsUntil?: number
  /** When each model was last asked (epoch milliseconds). */
  used: Record<string, number>
  /** How long an answer took here, in the mean of the last few (milliseconds). */
  answerMs?: number
  /** When those who look saw it first (epoch milliseconds). */
  since?: number
}

export type Slot = {
  model: string
  userId: string
  /** Epoch milliseconds. */
  until: number
  /** Reserved for a run that is on its way, with nobody answering it yet. */
  reserved?: true
}

/** `spot`: AWS takes it back in two minutes. `idle`: nobody needs it. `operator`: somebody said so. */
export type DrainReason = "spot" | "idle" | "operator"

export type Want = {
  number: number
  model: string
  /** When it was asked for (epoch milliseconds, of those who ask). */
  at: number
  /** To be taken out of memory first. */
  evict: string[]
}

/** What an agent says of its server. */
export type NodeReport = {
  /** Its Ollama answers. */
  healthy: boolean
  /** Why not, in words for an operator. */
  error?: string
  version?: string
  /** In memory now. Undefined where the server cannot say: then any of its models may be asked. */
  loaded?: LoadedModel[]
  /** On its disk. */
  disk: DiskModel[]
  loading?: Loading
  /** The number of the last want that is done with, and what went wrong with it, if anything did. */
  handled?: number
  failed?: { model: string; message: string }
  /** How many answers of one model it gives at once; absent: it decides by itself, and nobody counts. */
  parallel?: number
  /** Bytes of GPU memory there are; absent where nobody knows. */
  gpuMemory?: number
  gpu?: { name?: string; use?: number; memoryUsedBytes?: number }
  /** AWS takes the machine back in two minutes. */
  spotNotice?: true
  dollarsPerHour?: number
}

export type LoadedModel = {
  name: string
  /** Bytes in all, and of them in GPU memory. */
  bytes?: number
  gpuBytes?: number
  contextLength?: number
}
export type DiskModel = { name: string; bytes: number }

export type Loading = {
  model: string
  step: "pull" | "load"
  /** From 0 to 1, of both steps together. */
  progress?: number
  /** Milliseconds it has taken so far, and is thought to take yet. */
  elapsedMs: number
  etaMs?: number
}
