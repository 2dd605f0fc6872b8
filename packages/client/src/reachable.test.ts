import { expect, it } from "vitest"
import { onReachable } from "./reachable.ts"

class Page extends EventTarget {
  visibilityState = "hidden"
}

it("tells when the network is back and when the page is shown, until it is told to stop", () => {
  const page = new Page()
  const world = Object.assign(new EventTarget(), { document: page })
  let told = 0
  const stop = onReachable(() => told++, world)
  page.dispatchEvent(new Event("visibilitychange"))
  expect(told).toBe(0)
  page.visibilityState = "visible"
  page.dispatchEvent(new Event("visibilitychange"))
  world.dispatchEvent(new Event("online"))
  expect(told).toBe(2)
  stop()
  page.dispatchEvent(new Event("visibilitychange"))
  world.dispatchEvent(new Event("online"))
  expect(told).toBe(2)
})

it("is silent where there is no page", () => {
  expect(() => onReachable(() => {}, {})()).not.toThrow()
})
