import type { RunId } from "../protocol/id.ts"
import { quiet } from "../quiet.ts"
import { readContext } from "./context.ts"
import { journalOf, readJournal } from "./journal.ts"
import type { Plan } from "./plan.ts"
import type { RunPorts } from "./ports.ts"
import type { Preparation, Question } from "./preparation.ts"
import { readRequest } from "./store.ts"

/**
 * Begins to read, beside the take: what a run was asked never changes, and whoever does not get the run throws it away.
 * The journal must be read after the take, for an earlier worker may have written to it until then. Before the first
 * take there was none, and nobody but the start writes to the journal of such a run: only then it is read beside it too.
 */
export function prepare(ports: RunPorts, { runId, turn }: { runId: RunId; turn: number }): Preparation {
  const question = quiet(readQuestion(ports, runId))
  const early = turn === 0 ? quiet(readJournal(ports.table, runId)) : undefined
  return { question, journal: () => early ?? readJournal(ports.table, runId) }
}

/** The same for a run that is being started in this very process, which knows most of it. */
export function prepareOwn(ports: RunPorts, { request, model, above, asked, events }: Plan): Preparation {
  const reading = readContext(ports, request.chatId, above, asked)
  const question = quiet(reading.then((messages): Question => ({ request, model, messages })))
  return { question, journal: () => Promise.resolve(journalOf(events)) }
}

async function readQuestion(ports: RunPorts, runId: RunId): Promise<Question> {
  const request = await readRequest(ports.table, runId)
  if (request === undefined) throw new Error(`${runId} has no request`)
  const [model, messages] = await Promise.all([
    ports.models.find(request.model),
    readContext(ports, request.chatId, request.answerTo),
  ])
  return { request, model, messages }
}
