import { expect, it } from "vitest"
import { Bucket } from "./bucket.ts"

it("gives a burst at once, then so many a second, and says how long to wait", () => {
  let now = 0
  const bucket = new Bucket({ perSecond: 100, burst: 1000 }, () => now)
  const take = (count: number) => Array.from({ length: count }, () => bucket.take()).filter((wait) => wait === 0).length
  expect(take(1500)).toBe(1000)
  expect(bucket.take()).toBe(10)
  now += 5
  expect(bucket.take()).toBe(5)
  now += 1000
  expect(take(1500)).toBe(100)
  now += 3_600_000
  expect(take(1500)).toBe(1000)
})
