import type { Run } from "@omnichat/client/client"
import type { RunId } from "@omnichat/core/protocol/id"
import { newReduction } from "@omnichat/core/protocol/reduce"
import { name } from "../tree.ts"
import type { Talk } from "./talk.ts"
import { take } from "./turn.ts"

/** Writes a run's events into its answer until the run ends. The turn has to be there, with `live`. */
export function attach(talk: Talk, run: Run, key: string): void {
  talk.runs.set(run.runId, run)
  run.onEvents((_from, events) => {
    talk.holder.change((draft) => {
      const turn = draft.nodes[key]
      if (!turn?.live) return
      take(turn, events, talk.now())
      const [first] = events
      if (first?.type === "start") name(draft, key, first.messageId)
    })
  })
  run.onEnd((error) => {
    if (talk.runs.get(run.runId) === run) talk.runs.delete(run.runId)
    talk.ended(key, error)
  })
}

/** Follows, from the first word, the run of an answer that the server says is unfinished. */
export function follow(talk: Talk, runId: RunId, key: string): void {
  if (talk.runs.has(runId)) return
  talk.holder.change((draft) => {
    const turn = draft.nodes[key]
    if (!turn) return
    turn.runId = runId
    turn.live = newReduction()
    turn.thought = { from: talk.now(), exact: false }
  })
  attach(talk, talk.client.follow(runId), key)
}

/** Stops the answer; the view shows it at once, the last words may still come. */
export function stop(talk: Talk, key: string): void {
  const runId = talk.holder.state.nodes[key]?.runId
  const run = runId && talk.runs.get(runId)
  if (!run) return
  const mark = (stopping: boolean) =>
    talk.holder.change((draft) => {
      const turn = draft.nodes[key]
      if (!turn?.live) return
      if (stopping) turn.stopping = true
      else delete turn.stopping
    })
  mark(true)
  // A stop that overtakes its start finds no run (protocol A2).
  run.ack.then(() => run.stop()).catch(() => mark(false))
}
