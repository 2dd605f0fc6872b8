import { expect, test } from "vitest"
import { EventLog } from "./event-log.ts"
import { Pumps } from "./pumps.ts"
import { defaultRunSettings } from "./settings.ts"

const runId = "run_01HF0000000000000000000000"
const quiet = () => {}

test("pumps that were stopped take nobody on, so that who is left behind hears silence and asks again", async () => {
  const posted: string[] = []
  const log = new EventLog(runId)
  log.add([{ json: '{"type":"start-step"}', bytes: 21 }], false)
  const pumps = new Pumps(
    {
      connections: {
        post: (connectionId, make) => {
          make()
          posted.push(connectionId)
          return Promise.resolve("sent")
        },
        close: () => Promise.resolve(),
      },
      clock: { now: () => 0, sleep: () => Promise.resolve(), after: () => quiet },
      wake: { notify: quiet, listen: () => quiet, isHeard: () => false },
      log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
      runSettings: defaultRunSettings,
    },
    log,
    quiet,
  )
  pumps.sync({ first: { after: 0, nonce: "a" } })
  pumps.stop()
  await pumps.finished()
  // A list of followers that was read before the stop, and comes after it.
  pumps.sync({ first: { after: 0, nonce: "b" }, second: { after: 0, nonce: "c" } })
  expect(pumps.following).toBe(false)
  expect(posted).toEqual(["first"])
})
