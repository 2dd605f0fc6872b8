import type { Ports } from "@omnichat/core/ports"
import { sweep } from "@omnichat/core/run/sweep"

/** What is to be done again and again: every minute on AWS, every ten seconds on one machine. */
export function createSchedule(ports: Ports): () => Promise<void> {
  return () => sweep(ports)
}
