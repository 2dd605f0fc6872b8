import { expect, test } from "vitest"
import { ask, outcome, said } from "../../../test/canned-fetch.ts"
import { hastyClock, manualClock } from "../../../../../tests/support/manual-clock.ts"
import type { ModelRequest } from "../../model/provider.ts"
import { demoProvider } from "./provider.ts"

const provider = demoProvider({ clock: hastyClock })
const answer = (question: string, more: Partial<ModelRequest> = {}) =>
  outcome(provider, { model: "tour", messages: ask(question), params: {}, ...more })
const goOn = (question: string, text: string) =>
  answer(question, { messages: [...ask(question), { role: "assistant", content: [{ type: "text", text }] }] })

test("the tour says what it is and shows everything an answer can hold", async () => {
  const { events } = await answer("Hello")
  const { text, reasoning } = said(events)
  expect(text).toContain("No model is answering")
  for (const mark of [
    "\n## ",
    "\n- [x] ",
    "\n1. ",
    "\n| --- |",
    "\n```ts\n",
    "\n$$\n",
    " $z_i$",
    "](https://",
    "\n> ",
  ]) {
    expect(text).toContain(mark)
  }
  expect(reasoning).not.toBe("")
  expect(events.at(-1)).toEqual({ type: "finish", finishReason: "stop", usage: {} })
})

test.each(["tour", "fail", "long", "table", "code", "formula"])(
  "the answer to %s says that it is a demo",
  async (word) => {
    const { text } = said((await answer(`Show me a ${word}, please`)).events)
    expect(text).toMatch(/This is the demo[.;] (\*\*)?[Nn]o model is answering/)
    expect(text).not.toContain("!")
  },
)

test("a failure breaks off in the middle of a word, and its continuation is the rest of it", async () => {
  const { events, error } = await answer("fail")
  const before = said(events).text
  expect(error).toMatchObject({ code: "upstream_failed" })
  expect(before).toMatch(/\w$/)
  expect(events.some((event) => event.type === "finish")).toBe(false)
  const rest = await goOn("fail", before)
  expect(rest.error).toBeUndefined()
  expect(said(rest.events).text).toMatch(/^\w/)
  expect(said(rest.events).reasoning).toBe("")
})

test("an answer that was stopped anywhere goes on to the same whole", async () => {
  const whole = said((await answer("Hello")).events).text
  for (const length of [1, 40, 500, whole.length - 1]) {
    const rest = said((await goOn("Hello", whole.slice(0, length))).events).text
    expect(whole.slice(0, length) + rest).toBe(whole)
  }
})

test("reasoning can be turned off", async () => {
  const { events } = await answer("Hello", { params: { reasoning: "off" } })
  expect(events[0]).toEqual({ type: "text-start", id: "2" })
})

test("the pieces come at the pace of a model, and none comes after an abort", async () => {
  const clock = manualClock()
  const stop = new AbortController()
  const events = demoProvider({ clock }).stream({ model: "tour", messages: ask("x"), params: {} }, stop.signal)
  const iterator = events[Symbol.asyncIterator]()
  expect((await iterator.next()).value).toMatchObject({ type: "reasoning-start" })
  const first = iterator.next()
  await clock.asleep()
  clock.advance(47)
  await clock.asleep()
  clock.advance(1)
  expect((await first).value).toMatchObject({ type: "reasoning-delta", delta: "A" })
  const second = iterator.next()
  await clock.asleep()
  stop.abort()
  await expect(second).rejects.toThrow("aborted")
})

test("a model it does not have is said to be missing", async () => {
  expect((await answer("x", { model: "other" })).error).toMatchObject({ code: "model_not_found" })
})
