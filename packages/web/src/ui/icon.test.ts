import { readFileSync } from "node:fs"
import { expect, test } from "vitest"
import { iconNames } from "./icon-names.ts"

test("every icon is drawn in the page, and none that nobody asks for", () => {
  const page = readFileSync(new URL("../../index.html", import.meta.url), "utf8")
  const drawn = [...page.matchAll(/id="i-([a-z]+)"/g)].map(([, name]) => name)
  expect(new Set(drawn)).toEqual(new Set(iconNames))
})
