import { homedir } from "node:os"
import { isAbsolute, join, resolve } from "node:path"
import { aliasExample, parseAliases } from "@omnichat/core/model/alias-form"
import type { Alias } from "@omnichat/core/model/aliases"
import { isServerUrl } from "@omnichat/core/protocol/settings"
import { logLevels } from "@omnichat/functions/log"
import type { LogLevel } from "@omnichat/functions/log"
import { parseBedrockModels, readBedrockSettings } from "./bedrock-settings.ts"
import type { BedrockSettings } from "./bedrock-settings.ts"

/** What the environment decides, typed and complete. What it leaves open of the model sources can be set in the app. */
export type Settings = {
  port: number
  host: string
  dataFolder: string
  ollamaUrls?: string[]
  /** Answers at once of one model on each Ollama server, as those are set up; absent: Ollama decides. */
  ollamaParallel?: number
  openaiBaseUrl?: string
  openaiApiKey?: string
  /** Where the environment has AWS credentials, or says that there are some. */
  bedrock?: BedrockSettings
  /** Names that stand for several models. */
  aliases?: Alias[]
  demo?: boolean
  openBrowser: boolean
  logLevel: LogLevel
}

/** One line a wrong variable: which, what it is, what would be right. */
export class WrongSettings extends Error {
  readonly problems: string[]

  constructor(problems: string[]) {
    super(problems.join("\n"))
    this.name = "WrongSettings"
    this.problems = problems
  }
}

const loopbackHosts = ["127.0.0.1", "localhost", "::1"]

/**
 * @param env the environment; an empty variable counts as absent
 * @param surroundings what defaults depend on: whether a person reads the output, and whether a browser could be shown
 * @throws WrongSettings naming every variable that is wrong
 */
export function readSettings(
  env: Record<string, string | undefined>,
  surroundings: { terminal: boolean; screen: boolean },
): Settings {
  const problems: string[] = []
  const read = <T>(name: string, expected: string, parse: (text: string) => T | undefined): T | undefined => {
    const text = env[name]?.trim()
    if (text === undefined || text === "") return undefined
    const value = parse(text)
    // a key or a password in an address stays out of terminals and logs
    const shown = name.endsWith("_KEY") || text.includes("@") ? "not valid" : `"${text}"`
    if (value === undefined) problems.push(`${name} is ${shown}: ${expected}`)
    return value
  }
  const port = read("PORT", "expected a port number from 1 to 65535, such as PORT=3001", parsePort)
  const host = read("HOST", hostExplanation, parseHost)
  const dataFolder = read("OMNICHAT_DATA", "expected the path of a folder", parseFolder)
  const ollamaUrls = read(
    "OLLAMA_URLS",
    "expected addresses separated by commas, such as http://127.0.0.1:11434",
    parseUrls,
  )
  const ollamaParallel = read(
    "OLLAMA_NUM_PARALLEL",
    "expected how many answers of a model your Ollama servers give at once, from 1 to 512",
    parseParallel,
  )
  const openaiBaseUrl = read("OPENAI_BASE_URL", "expected an address such as http://127.0.0.1:8080/v1", parseUrl)
  const openaiApiKey = read("OPENAI_API_KEY", "expected a key without spaces", parseKey)
  const bedrockWanted = read("OMNICHAT_BEDROCK", "expected 0 (leave Amazon Bedrock out) or 1", parseSwitch)
  const bedrockModels = read(
    "OMNICHAT_BEDROCK_MODELS",
    "expected ids of models separated by commas, such as amazon.nova-lite-v1:0 or anthropic.*",
    parseBedrockModels,
  )
  const aliases = read("OMNICHAT_ALIASES", `expected a list such as ${aliasExample}`, parseAliases)
  const open = read("OMNICHAT_OPEN", "expected 0 (do not open a browser) or 1", parseSwitch)
  const demo = read("OMNICHAT_DEMO", "expected 0 or 1 (list the demo model)", parseSwitch)
  const logLevel = read("LOG_LEVEL", `expected one of ${logLevels.join(", ")}`, parseLevel)
  if (problems.length > 0) throw new WrongSettings(problems)
  const bedrock = readBedrockSettings(env, { wanted: bedrockWanted, allow: bedrockModels })
  return {
    port: port ?? 3000,
    host: host ?? "127.0.0.1",
    dataFolder: dataFolder ?? join(homedir(), ".omnichat"),
    ...(ollamaUrls === undefined ? {} : { ollamaUrls }),
    // The variable is Ollama's, and 0 there means that it decides.
    ...(ollamaParallel === undefined || ollamaParallel === 0 ? {} : { ollamaParallel }),
    ...(openaiBaseUrl === undefined ? {} : { openaiBaseUrl }),
    ...(openaiApiKey === undefined ? {} : { openaiApiKey }),
    ...(bedrock === undefined ? {} : { bedrock }),
    ...(aliases === undefined ? {} : { aliases }),
    ...(demo === undefined ? {} : { demo }),
    openBrowser: open ?? (surroundings.terminal && surroundings.screen && !isCi(env)),
    logLevel: logLevel ?? (surroundings.terminal ? "error" : "info"),
  }
}

const hostExplanation =
  "only 127.0.0.1, localhost or ::1 are possible. There are no accounts yet, so at any other address every stranger " +
  "in the network would read and write your chats"

const parsePort = (text: string): number | undefined => {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0
  return port >= 1 && port <= 65_535 ? port : undefined
}

const parseHost = (text: string): string | undefined => {
  const host = text.toLowerCase().replace(/^\[(.*)\]$/, "$1")
  return loopbackHosts.includes(host) ? host : undefined
}

const parseFolder = (text: string): string | undefined => {
  if (text.includes("\0")) return undefined
  const path = text === "~" || /^~[/\\]/.test(text) ? join(homedir(), text.slice(1)) : text
  return isAbsolute(path) ? path : resolve(path)
}

const parseUrl = (text: string): string | undefined =>
  isServerUrl(text, { credentials: true }) ? text.replace(/\/+$/, "") : undefined

const parseUrls = (text: string): string[] | undefined => {
  const urls = text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "")
    .map(parseUrl)
  const right = urls.filter((url) => url !== undefined)
  return right.length > 0 && right.length === urls.length ? [...new Set(right)] : undefined
}

const parseParallel = (text: string): number | undefined => {
  const count = /^\d{1,3}$/.test(text) ? Number(text) : 0
  return /^0+$/.test(text) || (count >= 1 && count <= 512) ? count : undefined
}

const parseKey = (text: string): string | undefined => (/^[\x21-\x7e]{1,4000}$/.test(text) ? text : undefined)

const parseSwitch = (text: string): boolean | undefined => {
  if (["1", "true", "yes", "on"].includes(text.toLowerCase())) return true
  return ["0", "false", "no", "off"].includes(text.toLowerCase()) ? false : undefined
}

const parseLevel = (text: string): LogLevel | undefined => logLevels.find((level) => level === text.toLowerCase())

const isCi = (env: Record<string, string | undefined>): boolean => (env["CI"] ?? "") !== "" && env["CI"] !== "false"
