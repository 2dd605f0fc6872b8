import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { StoreUnavailable } from "@omnichat/core/store/table"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { openDataFolder } from "./data-folder.ts"
import { createLog } from "@omnichat/functions/log"

let parent: string
let lines: string[]
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), "omnichat-folder-"))
  lines = []
})
afterEach(() => rmSync(parent, { recursive: true }))

const log = createLog("debug", (line) => void lines.push(line))
const modeOf = (path: string): number => statSync(path).mode & 0o777

describe("the data folder", () => {
  it("is made for its owner alone, with a key that stays the same", async () => {
    const path = join(parent, "a/b")
    const first = await openDataFolder(path, log)
    expect([modeOf(path), modeOf(join(path, "signing.key"))]).toEqual([0o700, 0o600])
    expect(first.signingKey).toHaveLength(32)
    expect((await openDataFolder(path, log)).signingKey).toEqual(first.signingKey)
    expect((await openDataFolder(join(parent, "other"), log)).signingKey).not.toEqual(first.signingKey)
  })

  it("is closed to others when it is ours, and left alone when it is not", async () => {
    const ours = join(parent, "ours")
    mkdirSync(ours)
    writeFileSync(join(ours, "omnichat.db"), "")
    const empty = join(parent, "empty")
    mkdirSync(empty)
    const shared = join(parent, "shared")
    mkdirSync(shared)
    writeFileSync(join(shared, "letters.txt"), "")
    for (const path of [ours, empty, shared]) chmodSync(path, 0o755)
    for (const path of [ours, empty, shared]) await openDataFolder(path, log)
    expect([modeOf(ours), modeOf(empty), modeOf(shared)]).toEqual([0o700, 0o700, 0o755])
    expect(lines.join("")).toContain("data-folder-open-to-others")
  })

  it("that cannot be used is named, with what to do", async () => {
    writeFileSync(join(parent, "file"), "")
    const opening = openDataFolder(join(parent, "file/data"), log)
    await expect(opening).rejects.toThrow(StoreUnavailable)
    await expect(opening).rejects.toThrow(/file\/data cannot be used: .*OMNICHAT_DATA/)
  })

  it("with a broken key says so", async () => {
    writeFileSync(join(parent, "signing.key"), "short")
    await expect(openDataFolder(parent, log)).rejects.toThrow("signing.key is damaged")
    expect(readFileSync(join(parent, "signing.key"), "utf8")).toBe("short")
  })
})
