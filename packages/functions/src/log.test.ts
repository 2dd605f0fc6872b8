import { expect, it } from "vitest"
import { createLog } from "./log.ts"

it("writes a line of JSON an event, from its level on", () => {
  const lines: string[] = []
  const log = createLog(
    "warn",
    (line) => void lines.push(line),
    () => 0,
  )
  log.debug("quiet")
  log.info("quiet")
  log.warn("odd", { run: "run_1", error: "a\nb" })
  log.error("bad")
  expect(lines).toEqual([
    '{"time":"1970-01-01T00:00:00.000Z","level":"warn","event":"odd","run":"run_1","error":"a\\nb"}\n',
    '{"time":"1970-01-01T00:00:00.000Z","level":"error","event":"bad"}\n',
  ])
})

it("lets no fact pass for the event or its time", () => {
  const lines: string[] = []
  createLog(
    "info",
    (line) => void lines.push(line),
    () => 0,
  ).info("true", { event: "forged", level: "error" })
  expect(JSON.parse(lines[0] ?? "")).toMatchObject({ event: "true", level: "info" })
})

it("is silent when it is told to be", () => {
  createLog("silent", () => expect.unreachable()).error("bad")
})
