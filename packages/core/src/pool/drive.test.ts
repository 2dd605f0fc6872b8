import { describe, expect, it } from "vitest"
import { hastyClock } from "../../../../tests/support/manual-clock.ts"
import { memoryTable } from "../store/memory.ts"
import type { Table } from "../store/table.ts"
import { createDrive } from "./drive.ts"
import type { DrivePorts } from "./ports.ts"
import { defaultPoolSettings as settings } from "./settings.ts"
import { readPool, standInLine, takeWheel } from "./store.ts"

const quiet = () => {}
const log = { debug: quiet, info: quiet, warn: quiet, error: quiet }

function scene() {
  const table = memoryTable({ now: hastyClock.now })
  let heard = 0
  const wake = {
    notify: quiet,
    isHeard: () => false,
    listen: () => {
      heard += 1
      return () => void (heard -= 1)
    },
  }
  const ports = (own: Table): DrivePorts => ({
    ...{ table: own, clock: hastyClock, log, metrics: { count: quiet, observe: quiet }, wake, settings },
    sizes: new Map(),
    drive: () => Promise.resolve(),
    // Nobody has a run here: who stands in line leaves it at the first look.
    runs: { table: memoryTable({ now: hastyClock.now }) } as unknown as DrivePorts["runs"],
  })
  const comes = () =>
    standInLine(table, { runId: "run_1", turn: 1, userId: "u" }, { model: "m", rank: 1, since: 0, expiresAt: 9e9 })
  return { table, ports, comes, heard: () => heard }
}

describe("the drive", () => {
  it("looks once more for who came after the last look, and found somebody at the wheel", async () => {
    const { table, ports, comes } = scene()
    let isFirst = true
    const leaving: Table = {
      ...table,
      async update(key, change, options) {
        if (change.remove?.includes("driver") && isFirst) {
          isFirst = false
          await comes()
          expect(await createDrive(ports(table)).drive()).toBe("taken")
        }
        return table.update(key, change, options)
      },
    }
    expect(await createDrive(ports(leaving)).drive()).toBe("idle")
    expect((await readPool(table)).waiting).toEqual([])
  })

  it("takes the wheel of who gave no sign for ten seconds, and of nobody else", async () => {
    const { table, ports } = scene()
    const now = hastyClock.now()
    expect(await takeWheel(table, "other", now, now + 10_000)).toBe(true)
    expect(await createDrive(ports(table)).drive()).toBe("taken")
    await takeWheel(table, "other", now, now - 1)
    expect(await createDrive(ports(table)).drive()).toBe("idle")
    expect((await readPool(table)).state).toMatchObject({ served: 0 })
  })

  it("listens to nothing when it has ended, and ends when it is time", async () => {
    const { table, ports, heard } = scene()
    const { drive } = createDrive(ports(table))
    expect(await drive()).toBe("idle")
    expect(await drive({ until: hastyClock.now() })).toBe("time")
    expect(await drive({ signal: AbortSignal.abort() })).toBe("time")
    expect(heard()).toBe(0)
  })

  it("goes on when a look fails", async () => {
    const { table, ports } = scene()
    let failures = 2
    const failing: Table = {
      ...table,
      query: (query) => (failures-- > 0 ? Promise.reject(new Error("the store is away")) : table.query(query)),
    }
    expect(await createDrive(ports(failing)).drive()).toBe("idle")
  })
})
