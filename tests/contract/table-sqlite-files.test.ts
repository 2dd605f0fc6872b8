import { execFileSync } from "node:child_process"
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type Item, StoreUnavailable } from "@omnichat/core/store/table"
import { backUp } from "@omnichat/local/sqlite/backup"
import { type SqliteOptions, openSqliteTable } from "@omnichat/local/sqlite/open"
import Database from "libsql"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { startSqliteProcess } from "../support/sqlite-process.ts"
import { sqliteThread } from "../support/sqlite-thread.ts"

let folder = ""
let file = ""
const open: { close(): Promise<void> }[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "omnichat-files-"))
  file = join(folder, "omnichat.db")
})
afterEach(async () => {
  for (const each of open.splice(0)) await each.close()
  rmSync(folder, { recursive: true })
})

async function openTable(options: Partial<SqliteOptions> = {}) {
  const opened = await openSqliteTable({ file, now: Date.now, threadEntry: sqliteThread(), ...options })
  open.push(opened)
  return opened
}
const refusal = (options: Partial<SqliteOptions> = {}) =>
  openTable(options).then(
    () => expect.unreachable("it was opened"),
    (error: unknown) => {
      expect(error).toBeInstanceOf(StoreUnavailable)
      return error instanceof Error ? error.message : ""
    },
  )
const item: Item = { pk: "P", sk: "A", n: 1 }

describe("the data folder", () => {
  it("is made for its owner alone", async () => {
    file = join(folder, "new", "data", "omnichat.db")
    const { table, sizeBytes } = await openTable()
    await table.put(item)
    const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8)
    expect(modeOf(join(folder, "new", "data"))).toBe("700")
    for (const name of [file, `${file}-wal`, join(folder, "new", "data", "omnichat.lock")])
      expect(modeOf(name)).toBe("600")
    expect(await sizeBytes()).toBeGreaterThan(4096)
  })

  it("has one user: a second open says which folder and what to do", async () => {
    const first = await openTable()
    const message = await refusal()
    expect(message).toContain(folder)
    expect(message).toMatch(/in use by another OmniChat/)
    expect(message).toMatch(/OMNICHAT_DATA/)
    // Nor did the attempt break the lock for another process.
    expect(await startSqliteProcess(file).next()).toMatchObject({ failed: file, name: "StoreUnavailable" })
    await first.table.put(item)
    await first.close()
    expect(await (await openTable()).table.get(item)).toEqual(item)
  })

  it("is locked against another process, and free after its kill -9", async () => {
    const other = startSqliteProcess(file)
    expect(await other.next()).toEqual({ opened: file })
    expect(await refusal()).toMatch(/in use/)
    other.kill()
    await other.exit
    await openTable()
  })

  it("that is read-only is named", async () => {
    chmodSync(folder, 0o500)
    // Root writes everywhere unless it gives up the right to.
    const wrap = process.getuid?.() === 0 ? ["setpriv", "--bounding-set=-all", "--inh-caps=-all"] : []
    const reader = startSqliteProcess(file, wrap)
    const told = await reader.next()
    chmodSync(folder, 0o700)
    expect(told).toMatchObject({ failed: file, name: "StoreUnavailable" })
    expect(told?.message).toContain(folder)
    expect(told?.message).toMatch(/cannot be written.*OMNICHAT_DATA/)
  })

  it("that is a file is named", async () => {
    const blocked = join(folder, "file")
    writeFileSync(blocked, "")
    expect(await refusal({ file: join(blocked, "omnichat.db") })).toContain(blocked)
  })
})

describe("a damaged file", () => {
  const fill = async () => {
    const { table, close } = await openTable()
    await table.batchWrite(
      Array.from({ length: 100 }, (_, at) => ({ put: { ...item, sk: `N#${at}`, text: "x".repeat(1000) } })),
    )
    await close()
  }

  it.each<[string, (path: string) => void]>([
    ["garbage", (path) => writeFileSync(path, "garbage ".repeat(4000))],
    ["a short text", (path) => writeFileSync(path, "hello")],
    ["one cut short", (path) => truncateSync(path, 40_000)],
    ["one with a spoilt schema", (path) => writeFileSync(path, readFileSync(path).fill(0xff, 100, 4096))],
  ])("(%s) is named and left as it is", async (_what, spoil) => {
    await fill()
    spoil(file)
    const before = readFileSync(file)
    const message = await refusal()
    expect(message).toContain(file)
    expect(message).toMatch(/damaged.*left as it is.*backup/)
    expect(readFileSync(file).equals(before)).toBe(true)
  })

  it("whose damage shows only later refuses what touches it", async () => {
    await fill()
    writeFileSync(file, readFileSync(file).fill(0xff, 5 * 4096))
    const { table } = await openTable()
    const error: unknown = await table.query({ pk: "P" }).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(StoreUnavailable)
    expect(error).toMatchObject({ message: expect.stringContaining(file) })
  })
})

describe("the schema", () => {
  it("of a newer version is refused by name and left as it is", async () => {
    await (await openTable()).close()
    const database = new Database(file)
    database.exec("PRAGMA user_version = 1234")
    database.close()
    const before = readFileSync(file)
    const message = await refusal()
    expect(message).toContain(file)
    expect(message).toMatch(/newer OmniChat.*version 1234.*up to 2\b/)
    expect(readFileSync(file).equals(before)).toBe(true)
  })

  it("of an older version is brought up to date with all it holds", async () => {
    const older = new Database(file)
    older.exec(`
      CREATE TABLE item (
        pk TEXT NOT NULL, sk TEXT NOT NULL, json TEXT NOT NULL, expires REAL, gsi1pk TEXT, gsi1sk TEXT,
        PRIMARY KEY (pk, sk)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX item_gsi1 ON item (pk, gsi1pk, gsi1sk, sk) WHERE gsi1pk IS NOT NULL AND gsi1sk IS NOT NULL;
      INSERT INTO item VALUES ('P', 'A', '{"pk":"P","sk":"A","n":1}', NULL, NULL, NULL);
      PRAGMA user_version = 1;
    `)
    older.close()
    const { table, close } = await openTable()
    expect(await table.get(item)).toEqual(item)
    await close()
    const database = new Database(file)
    expect(database.prepare("SELECT user_version FROM pragma_user_version").raw().get()).toEqual([2])
    const indexes = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'index' ORDER BY name").raw().all()
    expect(indexes).toEqual([["item_expires"], ["item_gsi1"]])
    database.close()
  })
})

describe("a full disk", () => {
  it("refuses exactly the writes it has no room for, and works again when there is room", async () => {
    const writer = startSqliteProcess(file, ["bash", "-c", 'ulimit -S -f 2000; exec "$@"', "bash"])
    expect(await writer.next()).toEqual({ opened: file })
    const acknowledged: string[] = []
    const refused: string[] = []
    const put = async (...keys: string[]) => {
      for (const sk of keys) writer.put({ pk: "P", sk, text: "x".repeat(200_000) })
      for (const _ of keys) {
        const told = await writer.next()
        if (told?.put !== undefined) acknowledged.push(told.put)
        if (told?.refused === undefined) continue
        refused.push(told.refused)
        expect(told).toMatchObject({ name: "StoreUnavailable", message: expect.stringContaining(folder) })
      }
    }
    await put(...Array.from({ length: 20 }, (_, at) => `N#${at}`))
    expect(acknowledged.length).toBeGreaterThan(3)
    expect(refused.length).toBeGreaterThan(3)
    execFileSync("prlimit", ["--pid", String(writer.pid), "--fsize=unlimited"])
    await put("later")
    expect(acknowledged).toContain("later")
    await writer.end()
    const { table } = await openTable()
    const found = await table.batchGet([...acknowledged, ...refused].map((sk) => ({ pk: "P", sk })))
    expect(found.map(({ sk }) => sk).sort()).toEqual(acknowledged.toSorted())
  })
})

describe("a running table", () => {
  it("answers what was asked before it was closed, and refuses the rest", async () => {
    const { table, close } = await openTable()
    const puts = Array.from({ length: 50 }, (_, at) => table.put({ ...item, sk: `N#${at}` }))
    const closed = close()
    await Promise.all(puts)
    await closed
    await expect(table.get(item)).rejects.toBeInstanceOf(StoreUnavailable)
    expect((await (await openTable()).table.query({ pk: "P" })).items).toHaveLength(50)
  })

  it("spoils nothing for the writes that share a commit with a failed condition", async () => {
    const { table } = await openTable()
    const results = await Promise.allSettled([
      table.put({ ...item, sk: "A" }),
      table.put({ ...item, sk: "A" }, { if: [{ absent: "pk" }] }),
      table.update({ pk: "P", sk: "B" }, { set: { "no.map": 1 } }),
      table.transact([{ put: { ...item, sk: "C" } }, { check: { pk: "P", sk: "D" }, if: [{ exists: "pk" }] }]),
      table.put({ ...item, sk: "E" }),
      table.get({ pk: "P", sk: "A" }),
    ])
    expect(results.map(({ status }) => status)).toEqual([
      ...["fulfilled", "rejected", "rejected", "rejected", "fulfilled", "fulfilled"],
    ])
    expect((await table.query({ pk: "P" })).items.map(({ sk }) => sk)).toEqual(["A", "E"])
  })

  it("deletes what expired long ago while nothing else is to be done, and only that", async () => {
    let now = 1_800_000_000_000
    const { table } = await openTable({ now: () => now, purgeEveryMs: 5 })
    const expiring = (sk: string, seconds: number) => ({ put: { ...item, sk, expiresAt: now / 1000 + seconds } })
    await table.batchWrite([
      ...Array.from({ length: 250 }, (_, at) => expiring(`N#${at}`, at)),
      expiring("just expired", 800),
      expiring("to come", 1000),
      { put: { ...item, sk: "for ever" } },
    ])
    now += 900_000
    await table.get(item)
    const left = () => {
      const database = new Database(file)
      const rows = database.prepare("SELECT sk FROM item ORDER BY sk").raw().all()
      database.close()
      return rows.flat()
    }
    const expected = ["for ever", "just expired", "to come"]
    await vi.waitFor(() => expect(left()).toEqual(expected), { timeout: 20_000, interval: 10 })
  })

  it("can be copied whole while it is used, and a copy never overwrites", async () => {
    const { table } = await openTable()
    await table.put(item)
    const copy = join(folder, "copy.db")
    backUp(file, copy)
    await table.put({ ...item, sk: "later" })
    expect(() => backUp(file, copy)).toThrow(StoreUnavailable)
    expect(() => backUp(join(folder, "none.db"), join(folder, "other.db"))).toThrow(/no .*none\.db/)
    expect(existsSync(join(folder, "other.db"))).toBe(false)
    const other = join(folder, "other")
    const restored = await openTable({ file: join(other, "omnichat.db") })
    await restored.close()
    writeFileSync(join(other, "omnichat.db"), readFileSync(copy))
    expect((await (await openTable({ file: join(other, "omnichat.db") })).table.query({ pk: "P" })).items).toEqual([
      item,
    ])
  })
})
