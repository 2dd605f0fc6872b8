import type { Ports } from "../ports.ts"

/** What the run engine needs of a runtime. */
export type RunPorts = Pick<
  Ports,
  | "table"
  | "clock"
  | "wake"
  | "connections"
  | "dispatcher"
  | "blobs"
  | "models"
  | "log"
  | "metrics"
  | "runSettings"
  | "background"
>
