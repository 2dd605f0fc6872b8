import { type Connections, ConnectionBusy } from "@omnichat/core/connection/connections"
import type { Log } from "@omnichat/core/log"
import type { Models } from "@omnichat/core/model/models"
import type { RunPorts } from "@omnichat/core/run/ports"
import type { RunSettings } from "@omnichat/core/run/settings"
import type { Clock, Timer } from "@omnichat/core/store/clock"
import type { Table } from "@omnichat/core/store/table"
import type { Process, World } from "./world.ts"
import { noBlobs } from "../../support/no-blobs.ts"

/** What may go wrong, each as one chance in so many; 0 for never. */
export type Faults = {
  /** A write takes effect, and its reply is lost: the caller sees an error. */
  lostReply: number
  /** The store's client repeats a write that had succeeded, and gives the second answer. */
  retryAfterSuccess: number
  /** A connection takes nothing for a while. */
  busy: number
}
export const noFaults: Faults = { lostReply: 0, retryAfterSuccess: 0, busy: 0 }

export class LostReply extends Error {
  override name = "LostReply"
}

/** The ports of one process: each call is two steps, its effect and its reply. */
export function portsOf(
  world: World,
  process: Process,
  shared: {
    table: Table
    faults: Faults
    models: Models
    settings: RunSettings
    deliver: (connectionId: string, text: string) => "sent" | "gone"
    dispatcher: RunPorts["dispatcher"]
  },
): RunPorts {
  const log = (event: string, facts?: object): void =>
    world.note(process, `log ${event} ${JSON.stringify(facts ?? {})}`)
  return {
    table: scriptedTable(world, process, shared.table, shared.faults),
    clock: scriptedClock(world, process),
    wake: { notify: () => {}, listen: () => () => {}, isHeard: () => false },
    connections: scriptedConnections(world, process, shared.faults, shared.deliver),
    dispatcher: shared.dispatcher,
    blobs: noBlobs,
    models: shared.models,
    log: { debug: log, info: log, warn: log, error: log } satisfies Log,
    metrics: { count: () => {}, observe: () => {} },
    runSettings: shared.settings,
    background: () => {},
  }
}

const writes = new Set(["put", "update", "delete", "transact"])

function scriptedTable(world: World, process: Process, table: Table, faults: Faults): Table {
  const scripted = (method: string, call: () => Promise<unknown>): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const reply = (result: Promise<unknown>): void => {
        result.catch(() => {}) // its caller may never hear of it
        if (chance(world, writes.has(method) ? faults.lostReply : 0)) {
          world.add(`${method} reply lost`, process, () => reject(new LostReply(`the reply of ${method} was lost`)))
        } else world.add(`${method} reply`, process, () => void result.then(resolve, reject))
      }
      world.add(method, process, () => {
        const result = call()
        result.catch(() => {})
        if (writes.has(method) && chance(world, faults.retryAfterSuccess)) {
          world.add(`${method} again`, process, () => reply(call()))
        } else reply(result)
      })
    })
  return new Proxy(table, {
    get:
      (target, name: keyof Table) =>
      (...args: unknown[]) =>
        scripted(name, () => (target[name] as (...args: unknown[]) => Promise<unknown>)(...args)),
  })
}

function scriptedClock(world: World, process: Process): Clock & Timer {
  return {
    now: () => world.time,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve()
        const finish = (): void => {
          cancel()
          signal?.removeEventListener("abort", finish)
          resolve()
        }
        const cancel = world.timer(process, ms, finish)
        signal?.addEventListener("abort", finish)
      }),
    after: (ms, run) => world.timer(process, ms, run),
  }
}

function scriptedConnections(
  world: World,
  process: Process,
  faults: Faults,
  deliver: (connectionId: string, text: string) => "sent" | "gone",
): Connections {
  return {
    post: (connectionId, make) =>
      new Promise((resolve, reject) => {
        if (chance(world, faults.busy)) {
          world.add(`busy ${connectionId}`, process, () => reject(new ConnectionBusy("busy")))
          return
        }
        world.add(`send to ${connectionId}`, process, () => {
          const text = make()
          if (text === undefined) return resolve("sent")
          world.add(`frame for ${connectionId}`, process, () => resolve(deliver(connectionId, text)))
        })
      }),
    close: () => Promise.resolve(),
  }
}

export function chance(world: World, oneIn: number): boolean {
  return oneIn > 0 && world.decide(oneIn) === oneIn - 1
}
