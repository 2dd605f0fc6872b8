import type { RunReading } from "@omnichat/core/run/read"
import { describe, expect, it } from "vitest"
import { eventStream } from "./event-stream.ts"

function scene(entries: AsyncIterable<RunReading>) {
  const lines: string[] = []
  const note = (event: string) => void lines.push(event)
  const leaving = new AbortController()
  const stream = eventStream(entries, leaving, { debug: note, info: note, warn: note, error: note })
  return { stream, leaving, lines }
}

async function* three(): AsyncGenerator<RunReading> {
  yield { number: 7, json: '{"type":"start"}' }
  yield "alive"
  yield { number: 8, json: '{"type":"abort"}' }
}

describe("an event stream", () => {
  it("tells each event with its number, signs of life as comments, and the end without a number", async () => {
    expect(await new Response(scene(three()).stream).text()).toBe(
      'id: 7\ndata: {"type":"start"}\n\n: alive\n\nid: 8\ndata: {"type":"abort"}\n\ndata: [DONE]\n\n',
    )
  })

  it("reads only as fast as the client takes, and stops when it leaves", async () => {
    let read = 0
    let ended = false
    async function* endless(): AsyncGenerator<RunReading> {
      try {
        for (;;) yield { number: ++read, json: "{}" }
      } finally {
        ended = true
      }
    }
    const { stream, leaving } = scene(endless())
    const reader = stream.getReader()
    expect(read).toBe(0)
    await reader.read()
    await reader.read()
    expect(read).toBe(2)
    await reader.cancel()
    expect([ended, leaving.signal.aborted]).toEqual([true, true])
  })

  it("ends without [DONE] when it breaks off, so that the client resumes", async () => {
    async function* broken(): AsyncGenerator<RunReading> {
      yield { number: 1, json: "{}" }
      throw new Error("disk gone")
    }
    const { stream, lines } = scene(broken())
    expect(await new Response(stream).text()).toBe("id: 1\ndata: {}\n\n")
    expect(lines).toEqual(["event-stream-broke-off"])
  })
})
