import { readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import { workspaceRoot } from "../../scripts/lib/files.mjs"

type Locked = {
  version?: string
  resolved?: string
  link?: boolean
  hasInstallScript?: boolean
  dependencies?: Record<string, string>
  devDependencies?: Record<string, string>
  optionalDependencies?: Record<string, string>
}

const read = <T>(path: string): T => JSON.parse(readFileSync(join(workspaceRoot, path), "utf8")) as T
const packages = Object.entries(read<{ packages: Record<string, Locked> }>("package-lock.json").packages)

describe("package-lock.json", () => {
  test("names no registry: everybody installs from their own", () => {
    const named = packages.filter(([, { resolved }]) => resolved !== undefined && /^\w+:/.test(resolved))
    expect(named.map(([path]) => path)).toEqual([])
  })

  test("holds what is for other machines too, without which `npm ci` fails everywhere", () => {
    const present = new Set(packages.map(([path]) => path.replace(/^.*node_modules\//, "")))
    const wanted = packages.flatMap(([, { optionalDependencies = {} }]) => Object.keys(optionalDependencies))
    expect(wanted.length).toBeGreaterThan(0)
    expect(wanted.filter((name) => !present.has(name))).toEqual([])
  })

  test("asks for exact versions of all that we name ourselves", () => {
    const own = packages.filter(([path]) => path === "" || /^packages\/[^/]+$/.test(path))
    const versions = own.flatMap(([, { dependencies, devDependencies }]) =>
      Object.entries({ ...dependencies, ...devDependencies }),
    )
    expect(own.length).toBe(6)
    expect(versions.filter(([, version]) => !/^(?:npm:[a-z-]+@)?\d+\.\d+\.\d+$/.test(version))).toEqual([])
  })

  test("holds nothing that runs a script when it is installed", () => {
    const scripted = packages.filter(([, { hasInstallScript }]) => hasInstallScript)
    expect(scripted.map(([path]) => path)).toEqual([])
  })
})
