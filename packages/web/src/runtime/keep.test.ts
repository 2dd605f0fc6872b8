import { expect, test } from "vitest"
import { createKeep, keepPrefix } from "./keep.ts"

const area = (entries: Record<string, string> = {}) => ({
  entries,
  getItem: (key: string) => entries[key] ?? null,
  setItem: (key: string, value: string) => void (entries[key] = value),
  removeItem: (key: string) => void delete entries[key],
})

test("keeps values under its own prefix", () => {
  const stored = area()
  const keep = createKeep(stored)
  keep.write("theme", "dark")
  expect(stored.entries).toEqual({ [`${keepPrefix}theme`]: '"dark"' })
  expect(createKeep(stored).read("theme")).toBe("dark")
  keep.remove("theme")
  expect(keep.read("theme")).toBeUndefined()
})

test("a full storage keeps values for this page", () => {
  const keep = createKeep({
    ...area({ [`${keepPrefix}draft`]: '"older"' }),
    setItem: () => {
      throw new DOMException("full", "QuotaExceededError")
    },
  })
  keep.write("draft", "typed")
  expect(keep.read("draft")).toBe("typed")
})

test("no storage and damaged values read as nothing", () => {
  expect(createKeep().read("theme")).toBeUndefined()
  expect(createKeep(area({ [`${keepPrefix}theme`]: "{not json" })).read("theme")).toBeUndefined()
})
