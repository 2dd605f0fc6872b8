import type {
  PoolModel,
  PoolScale,
  PoolServer,
  PoolServerState,
  PoolView,
  PoolWaiting,
} from "@omnichat/core/protocol/pool"
import { count, duration } from "../chat/meta.ts"
import { shortAddress } from "../models/choice.ts"
import { shortWindow, size } from "../models/list.ts"
import { age, dollarsAnHour, percent, share, sizeOf } from "./amounts.ts"

/** A line with a bar: `share` is from 0 to 1. Of few places each is drawn: `places`. */
export type Meter = { label: string; share?: number; places?: { taken: number; all: number }; text: string }
export type ServerRow = {
  id: string
  name: string
  kind?: string
  mark: "good" | "alive" | "none" | "bad"
  state: string
  note?: string
  meters: Meter[]
  models: { name: string; facts: string }[]
  loading?: { label: string; share?: number; text?: string }
  price?: string
}
export type WaitingRow = { position: number; model: string; reason: string; time: string }
export type StartRow = { text: string; share: number }
export type FailureRow = { text: string; age: string }

/** So many places at a server can be told apart when each is drawn. */
const countable = 16

const states: Record<PoolServerState, { mark: ServerRow["mark"]; word: string }> = {
  up: { mark: "good", word: "Up" },
  starting: { mark: "alive", word: "Starting" },
  draining: { mark: "none", word: "Draining" },
  resting: { mark: "bad", word: "Resting" },
  lost: { mark: "bad", word: "Lost" },
}

/** All of it in a few words. */
export function summaryOf({ servers, waiting, scale, dollarsPerHour }: PoolView): string[] {
  const up = servers.filter(({ state }) => state === "up").length
  const answers = servers.reduce((sum, server) => sum + server.answers.now, 0)
  const items = [servers.length === 0 ? "No server runs" : `${up} of ${count(servers.length, "server")} up`]
  if (scale) items[0] += `, at most ${scale.most}`
  if (answers > 0) items.push(count(answers, "answer"))
  if (waiting.length > 0) items.push(`${waiting.length} in line`)
  if (dollarsPerHour) items.push(dollarsAnHour(dollarsPerHour))
  return items
}

export function serverRow(server: PoolServer): ServerRow {
  const { id, address, state, note, models, loading, dollarsPerHour } = server
  return {
    id,
    name: /^https?:/.test(address) ? shortAddress(address) : address,
    ...(server.gpu?.name !== undefined && { kind: server.gpu.name }),
    mark: states[state].mark,
    state: states[state].word,
    ...(note !== undefined && { note }),
    meters: metersOf(server),
    models: models.map((model) => ({ name: model.name, facts: factsOf(model) })),
    ...(loading && {
      loading: {
        label: `Loading ${loading.model}`,
        ...(loading.progress !== undefined && { share: share(loading.progress, 1), text: percent(loading.progress) }),
      },
    }),
    ...(dollarsPerHour !== undefined && { price: dollarsAnHour(dollarsPerHour) }),
  }
}

/** `passed`: milliseconds since the view came. */
export function waitingRow(
  { position, model, since, reason, etaMs }: PoolWaiting,
  at: string,
  passed: number,
): WaitingRow {
  const reasons = { position: "Waits for a place", loading: "Its model loads", starting: "Its server starts" }
  const left = etaMs === undefined ? undefined : etaMs - passed
  const time = age(ageOf(since, at, passed))
  const rest = left === undefined ? "" : left < 1000 ? ", any moment" : `, about ${duration(left)} more`
  return { position, model, reason: reasons[reason], time: time + rest }
}

export function startRow({ starting }: PoolScale, at: string, passed: number): StartRow | undefined {
  if (!starting) return undefined
  const spent = ageOf(starting.since, at, passed)
  const left = Math.max(0, starting.etaMs - passed)
  const rest = left < 1000 ? "any moment" : `about ${duration(left)} more`
  return { text: `${age(spent)} so far, ${rest}`, share: share(spent, spent + left) }
}

export function failureRow({ failed }: PoolScale, at: string, passed: number): FailureRow | undefined {
  return failed && { text: failed.message, age: `${age(ageOf(failed.at, at, passed))} ago` }
}

/** Both times are the server's: a clock that is wrong here changes nothing. */
function ageOf(since: string, at: string, passed: number): number {
  return Math.max(0, Date.parse(at) - Date.parse(since)) + passed
}

function metersOf({ answers: { now, most }, gpu }: PoolServer): Meter[] {
  const meters: Meter[] = [{ label: "Answers", text: String(now) }]
  if (most !== undefined) {
    const places =
      most <= countable ? { places: { taken: Math.min(now, most), all: most } } : { share: share(now, most) }
    meters[0] = { label: "Answers", text: `${now} of ${most}`, ...places }
  }
  if (gpu?.use !== undefined) meters.push({ label: "GPU", share: share(gpu.use, 1), text: percent(gpu.use) })
  if (gpu?.memoryBytes !== undefined && gpu.memoryUsedBytes !== undefined) {
    const { memoryBytes, memoryUsedBytes } = gpu
    const part = share(memoryUsedBytes, memoryBytes)
    meters.push({ label: "GPU memory", share: part, text: sizeOf(memoryUsedBytes, memoryBytes) })
  }
  return meters
}

function factsOf({ bytes, gpuBytes, contextLength }: PoolModel): string {
  const facts: string[] = []
  if (bytes !== undefined) facts.push(size(bytes))
  if (bytes !== undefined && gpuBytes !== undefined) facts.push(placeOf(share(gpuBytes, bytes)))
  if (contextLength !== undefined) facts.push(`${shortWindow(contextLength)} context`)
  return facts.join(", ")
}

function placeOf(onGpu: number): string {
  if (onGpu >= 0.995) return "all on the GPU"
  return onGpu < 0.005 ? "not on a GPU" : `${percent(onGpu)} on the GPU`
}
