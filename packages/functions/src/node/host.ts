import type { HostFacts } from "@omnichat/core/pool/agent/host"
import { describe } from "@omnichat/core/log"
import type { Log } from "@omnichat/core/log"
import type { Clock } from "@omnichat/core/store/clock"
import { readGpus } from "./gpu.ts"
import type { GpuFacts } from "./gpu.ts"
import type { Metadata } from "./metadata.ts"

export type HostOptions = {
  metadata: Metadata
  askDriver: () => Promise<string | undefined>
  clock: Clock
  log: Log
  /** What was set, and does not change. */
  facts: Pick<HostFacts, "parallel" | "dollarsPerHour">
}

/** How long an answer of the machine is good for. In milliseconds. */
const askEvery = 5000

/** What the machine is and how it does, asked every 5 s at most, however often somebody wants to know. Never rejects. */
export function createHost({ metadata, askDriver, clock, log, facts }: HostOptions): () => Promise<HostFacts> {
  let gpu: GpuFacts = {}
  let hasDriver = true
  let spotNotice = false
  let asked: { at: number; facts: Promise<HostFacts> } | undefined

  async function lookAtGpu(): Promise<void> {
    if (!hasDriver) return
    try {
      const said = await askDriver()
      hasDriver = said !== undefined
      gpu = said === undefined ? {} : readGpus(said)
    } catch (thrown) {
      log.warn("gpu-unknown", { error: describe(thrown) })
      // It has its memory still; how busy it is nobody knows.
      gpu = { ...(gpu.gpuMemory !== undefined && { gpuMemory: gpu.gpuMemory }) }
    }
  }

  /** Two minutes before AWS takes the machine back (https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-instance-termination-notices.html). */
  async function lookForNotice(): Promise<void> {
    try {
      spotNotice ||= (await metadata("spot/instance-action")) !== undefined
    } catch (thrown) {
      log.warn("spot-notice-unknown", { error: describe(thrown) })
    }
  }

  async function look(): Promise<HostFacts> {
    await Promise.all([lookAtGpu(), lookForNotice()])
    return { ...facts, ...gpu, ...(spotNotice && { spotNotice }) }
  }

  return () => {
    const now = clock.now()
    if (asked === undefined || now - asked.at >= askEvery) asked = { at: now, facts: look() }
    return asked.facts
  }
}
