import { describe } from "../log.ts"
import { isUnfinished } from "../run/record.ts"
import type { RunRecord } from "../run/record.ts"
import { readRecords } from "../run/store.ts"
import type { Announcer, Standing } from "./announce.ts"
import { choose } from "./choose.ts"
import type { Choice } from "./choose.ts"
import { loadSince, loadingOf } from "./condition.ts"
import type { DrivePorts } from "./ports.ts"
import { inOrder } from "./line.ts"
import type { Called, Waiting } from "./line.ts"
import type { PoolNode } from "./node.ts"
import { sightOf, wantModel } from "./pool.ts"
import { changeNode, endSlot, leaveLine, markCalled, setState } from "./store.ts"
import type { PoolItems } from "./store.ts"
import { poolTopic } from "./topic.ts"

/** What is left when those were called whose turn had come. */
export type CalledLine = {
  /** Who still stands in line, called or not. */
  waiting: number
  /** How many of them a new server would serve. */
  needServer: number
  /** How long the one who was not called has stood there who stands there longest (milliseconds). */
  longestMs: number
}

/**
 * Goes through the line from its front: who is gone leaves it, who has a place is called to it, and everybody else is told
 * where they stand. A model that is not there yet holds up only those who want the same.
 */
export async function callFromLine(ports: DrivePorts, items: PoolItems, announcer: Announcer): Promise<CalledLine> {
  const line = inOrder(items.waiting)
  const records = await recordsOf(ports, line)
  const nodes = new Map(items.nodes.map((node) => [node.nodeId, node]))
  const ahead = new Map<string, number>()
  let { served } = items.state
  let waiting = 0
  let needServer = 0
  let longestMs = 0
  for (const entry of line) {
    const record = records.get(entry.runId)
    if (isGone(ports, entry, record)) {
      announcer.forget(entry.runId)
      await dismiss(ports, entry, nodes)
      continue
    }
    waiting += 1
    if (entry.called !== undefined) {
      await callAgain(ports, entry, record)
      continue
    }
    const before = ahead.get(entry.model) ?? 0
    const insists = ports.clock.now() - entry.since >= ports.settings.insistAfter
    const sight = { ...sightOf(ports, { ...items, nodes: [...nodes.values()] }), ahead: before, insists }
    const choice = choose(entry.model, sight)
    const isReady = record === undefined || (record.status === "queued" && !announcer.isTelling(entry.runId))
    const called =
      isReady && isTooLong(ports, entry, choice)
        ? tooLong(ports, entry)
        : isReady && before === 0
          ? await callFor(ports, entry, choice, items, nodes)
          : undefined
    if (called === undefined) {
      // A line that is too long for the servers that have the model gets it on one more.
      if (before > 0 && choice.kind === "load") await tellToLoad(ports, choice, entry.model, nodes)
      ahead.set(entry.model, before + 1)
      longestMs = Math.max(longestMs, ports.clock.now() - entry.since)
      if (choice.kind === "start") needServer += 1
      if (record !== undefined) announcer.tell(record, standing(ports, entry, choice, before + 1, items))
    } else if (await markCalled(ports.table, entry, called)) {
      announcer.forget(entry.runId)
      served = Math.max(served, entry.rank)
      await dispatch(ports, entry)
    }
  }
  if (served > items.state.served) await setState(ports.table, { served })
  return { waiting, needServer, longestMs }
}

/** The runs that stand in line, by id; those who wait in their call have none. */
async function recordsOf(ports: DrivePorts, line: readonly Waiting[]): Promise<Map<string, RunRecord>> {
  const runIds = line.filter(({ turn }) => turn >= 0).map(({ runId }) => runId)
  const records = await readRecords(ports.runs.table, runIds)
  return new Map(records.map((record) => [record.runId, record]))
}

function isGone(ports: DrivePorts, { turn, called }: Waiting, record: RunRecord | undefined): boolean {
  if (turn < 0) return called !== undefined && ports.clock.now() - called.at > ports.settings.reservation
  return record === undefined || !isUnfinished(record) || record.stop === true
}

/** Out of the line, and off the place that was kept, unless it is being answered there. */
async function dismiss(ports: DrivePorts, entry: Waiting, nodes: ReadonlyMap<string, PoolNode>): Promise<void> {
  await leaveLine(ports.table, entry.runId, entry.turn)
  const { nodeId } = entry.called ?? {}
  if (nodeId === undefined || nodes.get(nodeId)?.slots[entry.runId]?.reserved === undefined) return
  await endSlot(ports.table, nodeId, entry.runId)
}

/** What was sent may be lost: a run that does not come is called once more. */
async function callAgain(ports: DrivePorts, entry: Waiting, record: RunRecord | undefined): Promise<void> {
  const { clock, settings, table } = ports
  const { called } = entry
  if (called === undefined || record?.status !== "queued" || clock.now() - called.at < settings.reservation / 2) return
  if (await markCalled(table, entry, { ...called, at: clock.now() })) await dispatch(ports, entry)
}

/** What the first in line for a model is called to; undefined while there is nothing. */
async function callFor(
  ports: DrivePorts,
  entry: Waiting,
  choice: Choice,
  { state }: PoolItems,
  nodes: Map<string, PoolNode>,
): Promise<Called | undefined> {
  const { clock, settings, table } = ports
  const now = clock.now()
  const { runId, userId, model } = entry
  switch (choice.kind) {
    case "answer": {
      const { node } = choice
      const slots = {
        ...node.slots,
        [runId]: { model, userId, until: now + settings.reservation, reserved: true as const },
      }
      const taken = await changeNode(table, node, { slots, used: { ...node.used, [model]: now } })
      if (taken === undefined) return undefined
      nodes.set(node.nodeId, taken)
      return { at: now, nodeId: node.nodeId }
    }
    case "load": {
      const loaded = loadSince(choice.node, model, entry.since)
      if (loaded === "done" || (loaded !== undefined && settings.askAnyway)) return { at: now }
      if (loaded !== undefined) return { at: now, failed: loaded.failed }
      await tellToLoad(ports, choice, model, nodes)
      return undefined
    }
    case "start": {
      const { failed } = state
      return failed !== undefined && failed.at >= entry.since ? { at: now, failed: failed.message } : undefined
    }
    case "none":
      // Its worker asks once more and says what is wrong, or that all is well again.
      return { at: now }
    case "wait":
      return undefined
  }
}

async function tellToLoad(
  ports: DrivePorts,
  choice: Extract<Choice, { kind: "load" }>,
  model: string,
  nodes: Map<string, PoolNode>,
): Promise<void> {
  const told = choice.joined ? undefined : await wantModel(ports, choice, model)
  if (told !== undefined) nodes.set(told.nodeId, told)
}

/** Whether the wait, with what it has taken so far, is longer than the asker would have it. */
function isTooLong({ clock }: DrivePorts, entry: Waiting, choice: Choice): boolean {
  if (entry.waitAtMost === undefined || choice.kind === "answer" || choice.kind === "none") return false
  return clock.now() - entry.since + choice.waitMs > entry.waitAtMost
}

const tooLong = ({ clock }: DrivePorts, { model, waitAtMost = 0 }: Waiting): Called => ({
  at: clock.now(),
  failed: `The wait for ${model} would be longer than ${Math.round(waitAtMost / 1000)} s.`,
})

/** What is said to who stands in line: their place among those who want the same, and how long it may take. */
function standing(
  ports: DrivePorts,
  { model }: Waiting,
  choice: Choice,
  position: number,
  { state }: PoolItems,
): Standing {
  const { clock } = ports
  switch (choice.kind) {
    case "load": {
      const loading = loadingOf(choice.node, model)
      const progress = loading?.progress
      return { reason: "loading", etaMs: choice.waitMs, ...(progress !== undefined && { progress }) }
    }
    case "start": {
      const { start } = state
      const gone = start === undefined ? 0 : clock.now() - start.at
      const progress = Math.min(0.97, gone / choice.waitMs)
      return { reason: "starting", etaMs: Math.max(1000, choice.waitMs - gone), progress }
    }
    case "wait":
      return { reason: "position", position, etaMs: choice.waitMs }
    default:
      return { reason: "position", position }
  }
}

async function dispatch(ports: DrivePorts, { runId, turn }: Waiting): Promise<void> {
  if (turn < 0) return ports.wake.notify(poolTopic)
  try {
    await ports.runs.dispatcher.dispatch({ runId, turn })
  } catch (error) {
    ports.log.warn("run-not-called", { run: runId, error: describe(error) })
  }
}
