import { describe, expect, it } from "vitest"
import { createWake } from "./wake.ts"

describe("wake", () => {
  it("calls the listeners of the topic at once, each as often as it listens, until it stops", () => {
    const wake = createWake()
    const heard: string[] = []
    const listener = () => void heard.push("a")
    const stopFirst = wake.listen("run", listener)
    const stopSecond = wake.listen("run", listener)
    wake.listen("other", () => void heard.push("other"))
    wake.notify("run")
    expect(heard).toEqual(["a", "a"])
    stopFirst()
    stopFirst()
    wake.notify("run")
    expect(heard).toEqual(["a", "a", "a"])
    stopSecond()
    wake.notify("run")
    wake.notify("nobody")
    expect(heard).toEqual(["a", "a", "a"])
  })

  it("lets a listener end its listening, or begin one, while it is called", () => {
    const wake = createWake()
    const heard: string[] = []
    const stop = wake.listen("run", () => {
      heard.push("once")
      stop()
      wake.listen("run", () => void heard.push("later"))
    })
    wake.notify("run")
    wake.notify("run")
    expect(heard).toEqual(["once", "later"])
  })
})
