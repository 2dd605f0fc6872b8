import type { Read } from "./read.ts"

const example =
  '[{"id":"smart","name":"Smart","targets":[{"model":"ollama/qwen3:8b","waitAtMostSeconds":20},"bedrock/us.amazon.nova-pro-v1:0"]}]'

/** Of the 4 KB that a function's variables have together, bytes. */
const mostBytes = 1200

type Fields = Partial<Record<string, (value: unknown) => boolean>>

/**
 * What the functions take, whose own form this cannot import: what they do not take would stop them all. tests/infra holds
 * both together.
 */
const ofAlias: Fields = {
  id: matches(/^[a-z0-9][a-z0-9._-]{0,63}$/),
  name: matches(/^[^]{1,100}$/),
  targets: listOf(isTarget, { most: 8 }),
  capabilities: listOf(matches(/^(?:images|tools|reasoning)$/), { least: 0 }),
  contextLength: (value) => Number.isSafeInteger(value) && Number(value) >= 1,
}
const ofTarget: Fields = {
  model: matches(/^(?!auto\/)[^/\s]+\/\S+$/),
  waitAtMostSeconds: (value) => typeof value === "number" && value >= 0 && value <= 3600,
}

/**
 * Names that stand for several models, as the functions are told: MODEL_ALIASES.
 * @throws with what is wrong and what would be right
 */
export function readAliases(read: Read): string | undefined {
  const text = read("OMNICHAT_ALIASES")
  if (text === undefined) return undefined
  const list = parse(text)
  if (!Array.isArray(list)) throw wrong("it is no list")
  const ids = list.map(idOf)
  const twice = ids.find((id, at) => ids.indexOf(id) < at)
  if (twice !== undefined) throw wrong(`it has ${twice} twice, and each id is there once`)
  const told = JSON.stringify(list)
  const bytes = Buffer.byteLength(told)
  if (bytes > mostBytes) throw wrong(`it has ${bytes} bytes, and there is room for ${mostBytes}`)
  return told
}

function idOf(alias: unknown, at: number): string {
  const { id } = fieldsOf(alias)
  const which = typeof id === "string" ? id : `entry ${at + 1}`
  const field = wrongField(fieldsOf(alias), ofAlias, ["id", "targets"])
  if (field === undefined) return which
  throw wrong(
    field in ofAlias ? `${which} has no ${field}, or a wrong one` : `${which} has ${field}, which means nothing`,
  )
}

function isTarget(value: unknown): boolean {
  return wrongField(typeof value === "string" ? { model: value } : fieldsOf(value), ofTarget, ["model"]) === undefined
}

function wrongField(value: Record<string, unknown>, known: Fields, needed: string[]): string | undefined {
  return (
    needed.find((field) => !(field in value)) ??
    Object.keys(value).find((field) => known[field]?.(value[field]) !== true)
  )
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {}
}

function matches(form: RegExp): (value: unknown) => boolean {
  return (value) => typeof value === "string" && form.test(value)
}

function listOf(isOne: (value: unknown) => boolean, { least = 1, most = Infinity }): (value: unknown) => boolean {
  return (value) => Array.isArray(value) && value.length >= least && value.length <= most && value.every(isOne)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw wrong(`it is no JSON (${error instanceof Error ? error.message : String(error)})`)
  }
}

function wrong(what: string): Error {
  return new Error(`OMNICHAT_ALIASES: ${what}. For instance ${example}`)
}
