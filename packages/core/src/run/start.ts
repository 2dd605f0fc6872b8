import type { Actor } from "../access/actor.ts"
import { authorize } from "../access/authorize.ts"
import { toSummary } from "../chat/record.ts"
import { readEntry } from "../chat/store.ts"
import { announce } from "../connection/registry.ts"
import { hashOf } from "../json.ts"
import { describe } from "../log.ts"
import { OmniError } from "../protocol/error.ts"
import type { StartAck, StartBody } from "../protocol/frame.ts"
import { fullName } from "../provider/ollama/name.ts"
import { quiet } from "../quiet.ts"
import { ConditionFailed } from "../store/table.ts"
import { findRun } from "./access.ts"
import { followRun, isSilent, newFollower } from "./follow.ts"
import type { Claimed } from "./dispatcher.ts"
import { checkForm, lookAround } from "./look.ts"
import { type Made, planRun } from "./plan.ts"
import { prepare, prepareOwn } from "./prepare.ts"
import type { RunPorts } from "./ports.ts"
import { type RunRecord, isUnfinished, reportedStatus } from "./record.ts"
import { begin, readRecord } from "./store.ts"

/**
 * Begins a run, once: the question, the answer's row, the run and its first event are one transaction. The same start
 * again is answered with how the run stands now. A connection that starts, also again, follows from the beginning.
 *
 * @throws OmniError in this order: `conflict` (the id is another run's), `not_found`, `invalid` or `conflict` of chat
 * and messages, `model_not_found`. In each refusal nothing is written.
 */
export async function startRun(
  ports: RunPorts,
  actor: Actor,
  body: StartBody,
  connectionId?: string,
): Promise<StartAck> {
  authorize(actor, "run.start", { now: ports.clock.now() })
  checkForm(body)
  const hash = contentHash(body)
  const followers = connectionId === undefined ? {} : { [connectionId]: newFollower(actor, 0) }
  const owner = ports.dispatcher.claim?.()
  let begun: Begun | RunRecord
  try {
    begun = await beginNew(ports, actor, body, { hash, followers, owner })
  } catch (error) {
    // What refuses a start may be what the very same start has just written.
    const winner = await readRecord(ports.table, body.runId)
    if (winner) {
      // It may also be our own, with its reply lost; then nobody has called a worker yet.
      if (winner.hash === hash && winner.status === "queued") await dispatch(ports, winner)
      else if (owner !== undefined && winner.owner === owner) {
        await dispatch(ports, winner, { owner, preparation: prepare(ports, { runId: winner.runId, turn: 0 }) })
      }
      return repeat(ports, actor, winner, hash, connectionId)
    }
    if (!(error instanceof ConditionFailed)) throw error
    return refuseAgain(ports, actor, body)
  }
  if (!("record" in begun)) return repeat(ports, actor, begun, hash, connectionId)
  const { record, provider, claimed } = begun
  ports.metrics.count("runs_started_total", { provider })
  await dispatch(ports, record, claimed)
  ports.background(announceStart(ports, record))
  return toAck(record)
}

/**
 * Writes the run; or gives the record of one that is there already. Where there is little to look at, the transaction
 * itself says soonest whether it is.
 */
async function beginNew(ports: RunPorts, actor: Actor, body: StartBody, made: Made): Promise<Begun | RunRecord> {
  const looking = quiet(lookAround(ports, actor, body))
  const reading = quiet(readRecord(ports.table, body.runId).then(async (known) => known ?? (await looking)))
  const found = await Promise.race([looking, reading])
  if ("runId" in found) return found
  const plan = await planRun(ports, actor, body, made, found)
  const beginning = begin(ports.table, plan.operations)
  const claimed =
    made.owner === undefined ? {} : { claimed: { owner: made.owner, preparation: prepareOwn(ports, plan) } }
  await beginning
  return { record: plan.record, provider: plan.model.provider.id, ...claimed }
}

type Begun = { record: RunRecord; provider: string; claimed?: Claimed }

/** Equal for starts that ask the same: fields at their default count as absent. */
function contentHash(body: StartBody): string {
  const { continue: goOn, temporary, params, model, parentId, ...rest } = body
  const given = Object.entries(params ?? {}).length > 0
  const ollama = "ollama/"
  const content = {
    ...rest,
    ...(parentId === undefined || body.chatId === undefined ? {} : { parentId }),
    model: model.startsWith(ollama) ? `${ollama}${fullName(model.slice(ollama.length))}` : model,
    ...(goOn ? { continue: true } : {}),
    ...(temporary ? { temporary: true } : {}),
    ...(given ? { params } : {}),
  }
  return hashOf(content)
}

async function repeat(
  ports: RunPorts,
  actor: Actor,
  known: RunRecord,
  hash: string,
  connectionId: string | undefined,
): Promise<StartAck> {
  if (known.userId !== actor.userId || known.hash !== hash) {
    throw new OmniError("conflict", `${known.runId} is the id of another run. Make a fresh one for a new question.`)
  }
  const record = await findRun(ports, actor, "run.follow", known.runId)
  const { clock, runSettings } = ports
  const isLate = clock.now() - record.queuedAt > runSettings.redispatchOnStart
  if (record.status === "queued" && !record.stop && record.waitsFor === undefined && isLate) {
    await dispatch(ports, record)
  }
  if (connectionId !== undefined) {
    const asked = { runId: known.runId, after: 0 }
    const following = followRun(ports, actor, asked, connectionId, () => Promise.resolve()).catch((error: unknown) =>
      ports.log.warn("start-not-followed", { error: describe(error) }),
    )
    // A place among the followers is taken before the answer; a replay, or a silent worker, is not waited for.
    if (isUnfinished(record) && !isSilent(ports, record)) await following
    else ports.background(following)
  }
  return toAck((await readRecord(ports.table, known.runId)) ?? record)
}

/** Somebody was faster with the message id, or with deleting the chat: a second look says which. */
async function refuseAgain(ports: RunPorts, actor: Actor, body: StartBody): Promise<never> {
  await lookAround(ports, actor, body)
  throw new OmniError("conflict", "The chat changed at the same moment. Send the message again.", { retryable: true })
}

/** A run that could not be handed over stays queued; the sweep and a repeated start try again. */
async function dispatch(ports: RunPorts, record: RunRecord, claimed?: Claimed): Promise<void> {
  try {
    const { runId, turn } = record
    await ports.dispatcher.dispatch({ runId, turn, ...(claimed === undefined ? {} : { claimed }) })
  } catch (error) {
    ports.log.warn("run-not-dispatched", { run: record.runId, error: describe(error) })
  }
}

async function announceStart(ports: RunPorts, record: RunRecord): Promise<void> {
  try {
    const entry = await readEntry(ports.table, record.userId, record.chatId)
    if (entry) announce(ports, record.userId, { type: "chat", chat: toSummary(entry) })
  } catch (error) {
    ports.log.warn("chat-not-announced", { run: record.runId, error: describe(error) })
  }
}

function toAck(record: RunRecord): StartAck {
  const { runId, chatId, messageId, userMessageId } = record
  return {
    runId,
    chatId,
    ...(userMessageId === undefined ? {} : { userMessageId }),
    messageId,
    status: reportedStatus(record),
  }
}
