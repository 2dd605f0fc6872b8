import { expect, it } from "vitest"
import { guarded, Listeners } from "./listeners.ts"

it("calls in order, takes the same function twice, and lets a listener leave while it is called", () => {
  const listeners = new Listeners<[number]>()
  const heard: string[] = []
  const twice = (value: number) => void heard.push(`twice ${value}`)
  const leave = listeners.add((value) => {
    heard.push(`once ${value}`)
    leave()
  })
  listeners.add(twice)
  const removeSecond = listeners.add(twice)
  listeners.call(1)
  removeSecond()
  listeners.call(2)
  expect(heard).toEqual(["once 1", "twice 1", "twice 1", "twice 2"])
  expect(listeners.size).toBe(1)
})

it("reports what a listener throws as uncaught, and goes on", async () => {
  const before = process.listeners("uncaughtException")
  process.removeAllListeners("uncaughtException")
  const uncaught = new Promise((resolve) => process.once("uncaughtException", resolve))
  const failure = new Error("the caller's own")
  guarded(() => {
    throw failure
  })
  expect(await uncaught).toBe(failure)
  for (const listener of before) process.on("uncaughtException", listener)
})
