import { readAliases } from "./alias.ts"
import { readDomain } from "./domain.ts"
import type { Domain } from "./domain.ts"
import { checkThatItIsOffered, readBedrockModels } from "./offer.ts"
import { readPool } from "./pool/settings.ts"
import type { Pool } from "./pool/settings.ts"
import { oneOf, optional } from "./read.ts"
import type { Read } from "./read.ts"

/** What differs from stage to stage. */
export type Settings = {
  isProduction: boolean
  /** Days that logs are kept, and old versions of files. */
  keptFor: { logs: "1 week" | "3 months"; oldVersions: number }
  /** Actions on the socket, of all connections together: as long as it takes, and at once. */
  socketLimit: { perSecond: number; burst: number }
  logLevel: LogLevel
  /** The site's own address; without one it has the address that CloudFront gives. */
  domain?: Domain
  /** Whether anybody may make an account. Who has just made one waits for an admin in any case. */
  signUp: SignUp
  /** The server of an OpenAI-compatible API, offered beside Bedrock. Its key is a secret. */
  openAiUrl?: string
  /** Which models of Bedrock are offered: ids, or beginnings of ids with a star. Without it all; an empty list is none. */
  bedrockModels?: string[]
  /** Names that stand for several models, in JSON. */
  aliases?: string
  /** A table that was brought back from the past, to be used instead of the stage's own. */
  restoredTable?: string
  /** Servers with GPUs for models of Ollama; without it there are none, and nothing of what they need. */
  pool?: Pool
  alarms?: { email: string; dollarsPerMonth: number }
  /** Where else a browser may return to after signing in: the development server. */
  otherOrigins: string[]
}

export type LogLevel = (typeof logLevels)[number]
export type SignUp = (typeof signUps)[number]

const logLevels = ["debug", "info", "warn", "error"] as const
const signUps = ["invited", "open"] as const
const stageName = /^(?:production|dev|dev-[a-z0-9]{1,16})$/

/**
 * The settings of a stage, from its name and from variables, which may stand in `.env` or `.env.<stage>`.
 * @throws with what is wrong, what would be right and how to say it
 */
export function readSettings(stage: string, variables: Record<string, string | undefined>): Settings {
  checkStageName(stage)
  const isProduction = stage === "production"
  const read = (name: string): string | undefined => variables[name]?.trim() || undefined
  const bedrockModels = readBedrockModels(read)
  const pool = readPool(read)
  if (pool?.fallback !== undefined) checkThatItIsOffered("OMNICHAT_POOL_FALLBACK", pool.fallback.model, bedrockModels)
  return {
    isProduction,
    keptFor: isProduction ? { logs: "3 months", oldVersions: 30 } : { logs: "1 week", oldVersions: 7 },
    socketLimit: isProduction ? { perSecond: 5000, burst: 5000 } : { perSecond: 500, burst: 1000 },
    logLevel: oneOf("OMNICHAT_LOG_LEVEL", read("OMNICHAT_LOG_LEVEL") ?? "info", logLevels),
    signUp: oneOf("OMNICHAT_SIGN_UP", read("OMNICHAT_SIGN_UP") ?? "invited", signUps),
    otherOrigins: isProduction ? [] : ["http://localhost:5173"],
    ...optional("domain", readDomain(read)),
    ...optional("openAiUrl", readOpenAiUrl(read)),
    ...optional("bedrockModels", bedrockModels),
    ...optional("aliases", readAliases(read)),
    ...optional("restoredTable", readTableName(read)),
    ...optional("pool", pool),
    ...optional("alarms", readAlarms(isProduction, read)),
  }
}

function checkStageName(stage: string): void {
  if (stageName.test(stage)) return
  throw new Error(
    `There is no stage "${stage}". There are production, dev, and dev-<name> for a copy of your own, with up to 16 ` +
      "small letters and digits. Name one of them: npx sst deploy --stage dev",
  )
}

function readOpenAiUrl(read: Read): string | undefined {
  const url = read("OMNICHAT_OPENAI_URL")
  if (url === undefined || (URL.canParse(url) && new URL(url).protocol === "https:")) return url
  throw new Error(`OMNICHAT_OPENAI_URL is "${url}": it has to be an https address, like https://api.openai.com/v1`)
}

function readTableName(read: Read): string | undefined {
  const name = read("OMNICHAT_TABLE")
  if (name === undefined || /^[\w.-]{3,255}$/.test(name)) return name
  throw new Error(`OMNICHAT_TABLE is "${name}", which is no name of a table: it is one that you restored`)
}

function readAlarms(isProduction: boolean, read: Read): Settings["alarms"] {
  const email = read("OMNICHAT_ALARM_EMAIL")
  const budget = read("OMNICHAT_BUDGET") ?? "20"
  if (email === undefined) {
    if (!isProduction) return undefined
    throw new Error(
      "Production needs somebody who hears its alarms: set OMNICHAT_ALARM_EMAIL to an e-mail address, for instance in " +
        "the file .env.production",
    )
  }
  if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email))
    throw new Error(`OMNICHAT_ALARM_EMAIL is "${email}", which is no e-mail address`)
  if (!/^[1-9]\d{0,6}$/.test(budget))
    throw new Error(`OMNICHAT_BUDGET is "${budget}": it is US dollars a month, a whole number of at least 1`)
  return { email, dollarsPerMonth: Number(budget) }
}
