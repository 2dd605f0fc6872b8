import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs"
import { readFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { describe, expect, onTestFinished, test } from "vitest"
import { count } from "../../scripts/count.mjs"
import { workspaceRoot } from "../../scripts/lib/files.mjs"
import { install, isInstalled } from "../../scripts/setup/install.mjs"
import { tooOld } from "../../scripts/setup/node-version.mjs"
import { fingerprint, parts, removeStamp, staleParts, writeStamp } from "../../scripts/setup/stamps.mjs"

function folder(files: Record<string, string>): string {
  const root = mkdtempSync(join(tmpdir(), "omnichat-setup-"))
  onTestFinished(() => rmSync(root, { recursive: true }))
  for (const [path, text] of Object.entries(files)) write(root, path, text)
  return root
}

function write(root: string, path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
}

describe("the Node version", () => {
  test.each(["20.19.0", "20.20.2", "21.0.0", "22.12.0", "24.1.0"])("%s will do", (version) => {
    expect(tooOld(version)).toBeUndefined()
  })

  test.each(["20.18.3", "18.20.8", "8.0.0"])("%s is too old, and is told so", (version) => {
    expect(tooOld(version)).toContain(`OmniChat needs Node 20.19 or newer; this is ${version}.`)
  })

  test("that package.json asks for is the same", () => {
    const manifest = JSON.parse(readFileSync(join(workspaceRoot, "package.json"), "utf8")) as {
      engines: { node: string }
    }
    const oldest = manifest.engines.node.replace(">=", "")
    expect(tooOld(`${oldest}.0`)).toBeUndefined()
    const [major, minor] = oldest.split(".").map(Number)
    expect(tooOld(`${major}.${Number(minor) - 1}.9`)).toContain(oldest)
  })
})

describe("what is installed", () => {
  const lock = "package-lock.json"
  const record = "node_modules/.package-lock.json"
  const locked = (packages: object) => JSON.stringify({ packages })
  const one = { "": {}, "node_modules/a": { integrity: "sha512-1" } }
  /** Leaves the lock newer than npm's record, as a checkout does. */
  const checkedOut = (root: string) => {
    utimesSync(join(root, record), 1_000, 1_000)
    return root
  }

  test("is nothing in a fresh clone", () => {
    expect(isInstalled(folder({ [lock]: locked(one) }))).toBe(false)
  })

  test("is right when npm's record is newer than the lock", () => {
    const root = folder({ [lock]: locked(one), [record]: locked({}) })
    utimesSync(join(root, lock), 1_000, 1_000)
    expect(isInstalled(root)).toBe(true)
  })

  test.each<[string, object, boolean]>([
    ["the same", { "node_modules/a": { integrity: "sha512-1" } }, true],
    ["another version", { "node_modules/a": { integrity: "sha512-2" } }, false],
    ["a package less", {}, false],
    ["a package more", { ...one, "node_modules/b": { integrity: "sha512-3" } }, true],
  ])("is compared when the lock is newer: %s", (_, present, expected) => {
    expect(isInstalled(checkedOut(folder({ [lock]: locked(one), [record]: locked(present) })))).toBe(expected)
  })

  test("need not hold what is for other machines, nor links to the workspace's own packages", () => {
    const packages = {
      ...one,
      "node_modules/for-another-machine": { integrity: "sha512-2", optional: true },
      "node_modules/@omnichat/core": { link: true },
    }
    expect(isInstalled(checkedOut(folder({ [lock]: locked(packages), [record]: locked(one) })))).toBe(true)
  })

  test("cannot be had without a network, and the message says what to do", async () => {
    const root = folder({
      "package.json": JSON.stringify({ dependencies: { "left-pad": "1.3.0" } }),
      [lock]: JSON.stringify({
        lockfileVersion: 3,
        packages: {
          "": { dependencies: { "left-pad": "1.3.0" } },
          "node_modules/left-pad": { version: "1.3.0", integrity: `sha512-${"A".repeat(86)}==` },
        },
      }),
      ".npmrc": "registry=http://127.0.0.1:9/\nfetch-retries=0\ncache=.cache\n",
    })
    await expect(install(root)).rejects.toThrow(/could not be installed[^]*npm could not reach its registry\. Connect/)
  })
})

describe("a build", () => {
  const sources = {
    "package-lock.json": "{}",
    "tsconfig.base.json": "{}",
    "scripts/build.mjs": "",
    "packages/core/src/protocol/frame.ts": "1",
    "packages/core/src/run/start.ts": "1",
    "packages/local/src/main.ts": "1",
    "packages/local/src/main.test.ts": "1",
    "packages/client/src/client.ts": "1",
    "packages/web/src/app.tsx": "1",
    "packages/local/dist/server.js": "",
    "packages/web/dist/index.html": "",
    "packages/functions/src/entry/worker.ts": "1",
    "packages/functions/dist/worker/index.mjs": "",
  }
  const built = () => {
    const root = folder(sources)
    for (const part of ["server", "web", "functions"] as const) writeStamp(root, part, fingerprint(root, part))
    return root
  }

  test("is stale in a fresh clone", () => {
    expect(staleParts(folder(sources))).toEqual(["server", "web", "functions"])
    expect(Object.keys(parts)).toEqual(["server", "web", "functions"])
  })

  test("is fresh after it was made, and stale when it was interrupted", () => {
    const root = built()
    expect(staleParts(root)).toEqual([])
    removeStamp(root, "web")
    expect(staleParts(root)).toEqual(["web"])
  })

  test.each([
    ["packages/core/src/run/start.ts", ["server", "functions"]],
    ["packages/core/src/protocol/frame.ts", ["server", "web", "functions"]],
    ["packages/local/src/new.ts", ["server"]],
    ["packages/local/src/main.test.ts", []],
    ["packages/client/src/client.ts", ["web"]],
    ["packages/web/src/app.tsx", ["web"]],
    ["packages/web/dist/index.html", []],
    ["packages/functions/src/entry/worker.ts", ["server", "functions"]],
    ["packages/functions/dist/worker/index.mjs", []],
    ["package-lock.json", ["server", "web", "functions"]],
    ["scripts/build.mjs", ["server", "web", "functions"]],
  ])("when %s changes, %j is stale", (path, stale) => {
    const root = built()
    write(root, path, "2")
    expect(staleParts(root)).toEqual(stale)
  })
})

test("the count of `.ci/run` holds a file that failed before its first test, and those that were not run", () => {
  const testResults = [
    { status: "passed", assertionResults: [{ status: "passed" }] },
    { status: "failed", assertionResults: [{ status: "failed" }, { status: "passed" }] },
    { status: "failed", assertionResults: [] },
  ]
  const report = { numPassedTests: 2, numFailedTests: 1, numPendingTests: 3, numTodoTests: 1, testResults }
  expect(count(report)).toEqual({ passed: 2, failed: 2, skipped: 4 })
  expect(count(report, 5)).toEqual({ passed: 2, failed: 7, skipped: 4 })
})
