import type { Client } from "@omnichat/client/client"
import { expect, test } from "vitest"
import { watchedHolder } from "../../test/watched-holder.ts"
import { createDrafts } from "../runtime/drafts.ts"
import { createKeep } from "../runtime/keep.ts"
import { createComposing } from "./composing.ts"

function setUp(keep = createKeep()) {
  const timers: (() => void)[] = []
  const { hold, check, until } = watchedHolder()
  const arrivals: {
    resolve: (id: string) => void
    reject: (error: Error) => void
    progress: (sent: number, total: number) => void
  }[] = []
  const http = {
    upload: (_file: File, options: { onProgress: (sent: number, total: number) => void; signal: AbortSignal }) =>
      new Promise((resolve, reject) => {
        options.signal.addEventListener("abort", () => reject(new Error("aborted")))
        arrivals.push({ resolve: (id) => resolve({ id }), reject, progress: options.onProgress })
        check()
      }),
  }
  const composing = createComposing({
    client: { http } as unknown as Client,
    drafts: createDrafts(keep),
    hold,
    place: "new",
    after: (_ms, action) => {
      timers.push(action)
      return () => void timers.splice(timers.indexOf(action) >>> 0, 1)
    },
  })
  return { composing, timers, arrivals, keep, until }
}

const file = (name: string, size = 3) => new File(["x".repeat(size)], name, { type: "text/plain" })

test("words are kept after a pause, and survive the page", () => {
  const { composing, timers, keep } = setUp()
  composing.write("half a tho")
  composing.write("half a thought")
  expect(timers).toHaveLength(1)
  timers[0]?.()
  expect(setUp(keep).composing.state.text).toBe("half a thought")
})

test("a message waits for its files", async () => {
  const { composing, arrivals, keep, until } = setUp()
  composing.attach([file("trace.log")])
  composing.write("What failed first?")
  await until(() => arrivals.length === 1)
  arrivals[0]?.progress(64, 100)
  expect(composing.state.files[0]).toMatchObject({ name: "trace.log", progress: 0.64 })
  expect(composing.ready()).toBe(false)
  arrivals[0]?.resolve("fil_1")
  await until(() => composing.ready())
  expect(setUp(keep).composing.state.files).toMatchObject([{ id: "fil_1", name: "trace.log" }])
  expect(composing.take()).toEqual({
    text: "What failed first?",
    files: [{ id: "fil_1", name: "trace.log", mediaType: "text/plain", bytes: 3 }],
  })
  expect(composing.state).toEqual({ text: "", files: [] })
  expect(setUp(keep).composing.state).toEqual({ text: "", files: [] })
})

test("an upload that fails says so and holds the message until it is taken away", async () => {
  const { composing, arrivals, until } = setUp()
  composing.attach([file("a.txt")])
  composing.write("words")
  await until(() => arrivals.length === 1)
  arrivals[0]?.reject(new Error("no connection"))
  await until(() => composing.state.files[0]?.problem === "no connection")
  expect(composing.ready()).toBe(false)
  composing.detach(composing.state.files[0]?.key ?? 0)
  expect(composing.ready()).toBe(true)
})

test("what no model can be given is not sent there", async () => {
  const { composing, arrivals, until } = setUp()
  composing.attach([file("empty.txt", 0), new File([Uint8Array.of(0xff, 0)], "film.bin")])
  await until(() => composing.state.files.every((entry) => entry.problem !== undefined))
  expect(composing.state.files.map(({ problem }) => problem)).toEqual(["is empty", "is neither an image nor text"])
  expect(arrivals).toHaveLength(0)
})

test("words that come back stand before newer ones", () => {
  const { composing } = setUp()
  composing.write("newer")
  composing.putBack({ text: "older", files: [] })
  expect(composing.state.text).toBe("older\n\nnewer")
})
