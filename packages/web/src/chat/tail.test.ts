import { expect, test } from "vitest"
import { newTail, scrolled } from "./tail.ts"

const seen = 500
const atEnd = scrolled(newTail(), { top: 500, height: 1000, seen })

test("the slightest move up ends the following, coming near the end begins it again", () => {
  expect(atEnd.following).toBe(true)
  const up = scrolled(atEnd, { top: 480, height: 1000, seen })
  expect(up.following).toBe(false)
  expect(scrolled(up, { top: 485, height: 1000, seen }).following).toBe(true)
})

test("words that arrive do not end it, scrolling up does", () => {
  const grown = scrolled(atEnd, { top: 500, height: 1300, seen })
  expect(grown.following).toBe(true)
  const up = scrolled(grown, { top: 400, height: 1300, seen })
  expect(up.following).toBe(false)
  expect(scrolled(up, { top: 450, height: 1400, seen }).following).toBe(false)
  expect(scrolled(up, { top: 890, height: 1400, seen }).following).toBe(true)
})

test("a page that becomes shorter is no wish to stay behind", () => {
  const long = scrolled(atEnd, { top: 900, height: 1400, seen })
  expect(scrolled(long, { top: 600, height: 1200, seen }).following).toBe(true)
})
