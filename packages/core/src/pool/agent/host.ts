import type { NodeReport } from "../node.ts"

/** What the machine knows of itself, beside its Ollama; of a machine without a GPU or a price, nothing. */
export type HostFacts = Pick<NodeReport, "parallel" | "gpuMemory" | "gpu" | "spotNotice" | "dollarsPerHour">
