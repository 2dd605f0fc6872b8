import { choose } from "@omnichat/core/pool/choose"
import type { PoolNode } from "@omnichat/core/pool/node"
import { defaultPoolSettings } from "@omnichat/core/pool/settings"
import { inOrder, rankFor } from "@omnichat/core/pool/line"
import type { Waiting } from "@omnichat/core/pool/line"

const now = 1_800_000_000_000
const gigabyte = 1e9
const names = Array.from({ length: 40 }, (_, at) => `model-${at}:8b`)

/** A full server: five of its forty models in memory. Half of the servers give four answers of each. */
function nodeOf(at: number): PoolNode {
  const loaded = names.slice(at % 30, (at % 30) + 5)
  const busy = at % 2 === 0 ? loaded : []
  const slots = busy.flatMap((model, place) =>
    Array.from({ length: 4 }, (_, one) => {
      const slot = { model, userId: `usr_${(at + place + one) % 200}`, until: now + 20_000 }
      return [`run_${at}_${place}_${one}`, slot] as const
    }),
  )
  return {
    nodeId: `i-${at}`,
    address: `http://10.0.0.${at}:11434`,
    rev: 1,
    beat: 2,
    seen: { beat: 1, at: now },
    failures: 0,
    slots: Object.fromEntries(slots),
    used: Object.fromEntries(names.map((name, place) => [name, now - place * 1000])),
    report: {
      healthy: true,
      parallel: 4,
      gpuMemory: 24 * gigabyte,
      disk: names.map((name) => ({ name, bytes: 4 * gigabyte })),
      loaded: loaded.map((name) => ({ name, bytes: 4.6 * gigabyte, gpuBytes: 4.6 * gigabyte })),
    },
  }
}

/** Prints the milliseconds of processor time that one question takes among so many servers. */
function main(): void {
  const [count = 0, calls = 0] = process.argv.slice(2).map(Number)
  const waiting = Array.from({ length: 500 }, (_, at): Waiting => {
    const model = names[at % names.length] ?? ""
    return {
      runId: `run_w${at}`,
      turn: 1,
      userId: `usr_${at % 200}`,
      model,
      rank: at % 7,
      since: now - at,
      expiresAt: 0,
    }
  })
  const nodes = Array.from({ length: count }, (_, at) => nodeOf(at))
  const sight = { nodes, now, settings: defaultPoolSettings, sizes: new Map<string, number>(), canStart: true }
  const call = (at: number): void => {
    const model = names[at % names.length] ?? ""
    const rank = rankFor(`usr_${at % 200}`, 3, waiting, 0)
    const line = inOrder(waiting.filter((each) => each.model === model && each.rank <= rank))
    if (choose(model, { ...sight, ahead: line.length }).kind === "none") throw new Error("nobody could answer")
  }
  for (let at = 0; at < 500; at++) call(at)
  const before = process.cpuUsage()
  for (let at = 0; at < calls; at++) call(at)
  const { user, system } = process.cpuUsage(before)
  process.stdout.write(String((user + system) / 1000 / calls))
}

main()
