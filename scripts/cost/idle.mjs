import { costOf } from "./prices.mjs"

/**
 * What a stage does while nobody comes.
 * @typedef {object} Idle
 * @property {number} sweepsAMonth
 * @property {number} sweepMs milliseconds of one sweep that finds nothing
 * @property {number} sweepMegabytes memory of its function
 * @property {number} sweepReadUnits
 * @property {number} storedGigabytes bundles and the page
 * @property {number} alarms metrics that they look at
 * @property {IdlePool} [pool]
 */

/**
 * What is done for a pool in a month: the schedule looks whether there is anything of it, and calls its function now and
 * then in any case, for servers that do not say that they are there.
 * @typedef {{ looks: number, lookReads: number, calls: number, ms: number, megabytes: number, readUnits: number, writeUnits: number }} IdlePool `ms`, units: of a call
 */

const freeAlarms = 10
/** @type {IdlePool} */
const noPool = { looks: 0, lookReads: 0, calls: 0, ms: 0, megabytes: 0, readUnits: 0, writeUnits: 0 }

/** Dollars for a month without a visitor. @param {Idle} idle */
export function idleCost(idle) {
  const { sweepsAMonth, pool = noPool } = idle
  const parts = {
    "the sweep's calls": costOf("call", sweepsAMonth) + costOf("scheduled", sweepsAMonth),
    "the sweep's time": costOf("gigabyteSecond", (sweepsAMonth * idle.sweepMs * idle.sweepMegabytes) / 1000 / 1024),
    "the sweep's reads": costOf("read", sweepsAMonth * idle.sweepReadUnits),
    "the pool's calls": costOf("call", pool.calls),
    "the pool's time": costOf("gigabyteSecond", (pool.calls * pool.ms * pool.megabytes) / 1000 / 1024),
    "the pool's reads and writes":
      costOf("read", pool.looks * pool.lookReads + pool.calls * pool.readUnits) +
      costOf("write", pool.calls * pool.writeUnits),
    "files of the app": costOf("stored", idle.storedGigabytes),
  }
  const sum = Object.values(parts).reduce((total, dollars) => total + dollars, 0)
  // Calls and time of functions and of the scheduler, and ten alarms, stay free for ever in every account.
  const free =
    parts["the sweep's calls"] + parts["the sweep's time"] + parts["the pool's calls"] + parts["the pool's time"]
  return {
    parts,
    sum,
    withFreeTier: sum - free + costOf("alarm", Math.max(0, idle.alarms - freeAlarms)),
    alarmsElsewhere: costOf("alarm", idle.alarms),
  }
}
