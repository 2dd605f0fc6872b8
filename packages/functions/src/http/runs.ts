import type { Ports } from "@omnichat/core/ports"
import { startBody } from "@omnichat/core/protocol/frame"
import { runId } from "@omnichat/core/protocol/id"
import { limits } from "@omnichat/core/protocol/limits"
import { openRun } from "@omnichat/core/run/read"
import { startRun } from "@omnichat/core/run/start"
import { stopRun } from "@omnichat/core/run/stop"
import { readBody } from "./body.ts"
import { eventStream } from "./event-stream.ts"
import { pathId, queryNumber, wholeNumber } from "./path.ts"
import type { Router } from "./router.ts"

const eventNumbers = { least: 0, most: Number.MAX_SAFE_INTEGER, default: 0 }
const eventStreamHeaders = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-cache, no-transform",
  "x-vercel-ai-ui-message-stream": "v1",
}

/** Runs for whoever has no socket (protocol H3). */
export function addRuns(router: Router, ports: Ports): void {
  router.on("POST", "/api/runs", "run.start", async (c, actor) => {
    const body = await readBody(c.req.raw, startBody, limits.runBody)
    return c.json(await startRun(ports, actor, body), 202)
  })

  router.on("GET", "/api/runs/:id/events", "run.read", async (c, actor) => {
    const id = pathId(c, runId, "run")
    const held = c.req.header("last-event-id")
    const resumeAt =
      held === undefined ? queryNumber(c, "after", eventNumbers) : wholeNumber(held, "Last-Event-ID", eventNumbers)
    const leaving = new AbortController()
    if (c.req.raw.signal.aborted) leaving.abort()
    c.req.raw.signal.addEventListener("abort", () => leaving.abort(), { once: true })
    const entries = await openRun(ports, actor, id, resumeAt, leaving.signal)
    if (c.req.method === "HEAD") {
      leaving.abort()
      return new Response(null, { headers: eventStreamHeaders })
    }
    return new Response(eventStream(entries, leaving, ports.log), { headers: eventStreamHeaders })
  })

  router.on("POST", "/api/runs/:id/stop", "run.stop", async (c, actor) =>
    c.json(await stopRun(ports, actor, pathId(c, runId, "run"))),
  )
}
