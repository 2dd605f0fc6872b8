import { readJson } from "@omnichat/core/json-form"
import { aliasExample, parseAliases } from "@omnichat/core/model/alias-form"
import type { Alias } from "@omnichat/core/model/aliases"
import { isServerUrl } from "@omnichat/core/protocol/settings"
import type { BedrockModel } from "@omnichat/core/provider/bedrock/model"
import * as v from "valibot"
import { logLevels } from "../log.ts"
import type { LogLevel } from "../log.ts"
import { readPoolEnvironment } from "./pool-variables.ts"
import type { PoolEnvironment } from "./pool-variables.ts"
import { reader, text } from "./variables.ts"
import type { Kind, Variables } from "./variables.ts"

/** For every function that has the ports. */
export type Environment = {
  logLevel: LogLevel
  region: string
  tableName: string
  bucketName: string
  /** Where connections are posted to: the socket's https address. */
  socketEndpoint: string
  /** A name or an ARN. */
  workerFunction: string
  bedrock: BedrockChoice
  openai?: { baseUrl: string; apiKey?: string }
  aliases: Alias[]
  pool?: PoolEnvironment
}

/** A list of models, or those that Bedrock has here, of which `allow` may leave some. */
export type BedrockChoice = { models: BedrockModel[] } | { live: true; allow?: string[] }

/** For the functions that turn tokens into actors. */
export type TokenEnvironment = {
  issuer: string
  clientId: string
  /** Where the keys are, if not where the issuer has them. */
  jwksUrl?: string
}

/** For the HTTP side. */
export type SiteEnvironment = TokenEnvironment & {
  /** What clients connect to: the socket's wss address. */
  socketUrl: string
  signOutUrl?: string
  /** The origin of our own pages; without it, what the proxy in front says. */
  siteUrl?: string
}

/** @throws TypeError naming the variable, its value and what would be right */
export function readEnvironment(variables: Variables): Environment {
  const read = reader(variables)
  const baseUrl = read.optional("OPENAI_BASE_URL", serverUrl)
  const apiKey = read.optional("OPENAI_API_KEY", text)
  const pool = readPoolEnvironment(variables)
  return {
    logLevel: readLogLevel(variables),
    region: read.required("AWS_REGION", text),
    tableName: read.required("TABLE_NAME", text),
    bucketName: read.required("BUCKET_NAME", text),
    socketEndpoint: read.required("SOCKET_ENDPOINT", serverUrl),
    workerFunction: read.required("WORKER_FUNCTION", text),
    bedrock: read.required("BEDROCK_MODELS", bedrock),
    ...(baseUrl !== undefined && { openai: { baseUrl, ...(apiKey !== undefined && { apiKey }) } }),
    aliases: read.optional("MODEL_ALIASES", aliases) ?? [],
    ...(pool !== undefined && { pool }),
  }
}

/** @throws TypeError as readEnvironment */
export const readLogLevel = (variables: Variables): LogLevel =>
  reader(variables).optional("LOG_LEVEL", logLevel) ?? "info"

/** @throws TypeError as readEnvironment */
export function readTokenEnvironment(variables: Variables): TokenEnvironment {
  const read = reader(variables)
  const jwksUrl = read.optional("TOKEN_JWKS_URL", serverUrl)
  return {
    issuer: read.required("TOKEN_ISSUER", serverUrl),
    clientId: read.required("TOKEN_CLIENT_ID", text),
    ...(jwksUrl !== undefined && { jwksUrl }),
  }
}

/** @throws TypeError as readEnvironment */
export function readSiteEnvironment(variables: Variables): SiteEnvironment {
  const read = reader(variables)
  const signOutUrl = read.optional("SIGN_OUT_URL", anyUrl)
  const siteUrl = read.optional("SITE_URL", serverUrl)
  return {
    ...readTokenEnvironment(variables),
    socketUrl: read.required("SOCKET_URL", socketUrl),
    ...(signOutUrl !== undefined && { signOutUrl }),
    ...(siteUrl !== undefined && { siteUrl }),
  }
}

const logLevel: Kind<LogLevel> = {
  expected: `one of ${logLevels.join(", ")}`,
  parse: (text) => logLevels.find((level) => level === text),
}
export const serverUrl: Kind<string> = {
  expected: "an address such as https://example.com, without user, query or fragment",
  parse: (text) => (isServerUrl(text) ? text.replace(/\/+$/, "") : undefined),
}
const anyUrl: Kind<string> = {
  expected: "an address such as https://example.com/logout?client_id=x",
  parse: (text) => (/^https?:/.test(text) && URL.canParse(text) ? text : undefined),
}
const socketUrl: Kind<string> = {
  expected: "an address such as wss://example.com/stage",
  parse: (text) => (/^wss?:/.test(text) && URL.canParse(text) ? text : undefined),
}

const model = v.strictObject({
  id: v.pipe(v.string(), v.nonEmpty()),
  name: v.pipe(v.string(), v.nonEmpty()),
  contextLength: v.exactOptional(v.pipe(v.number(), v.safeInteger(), v.minValue(1))),
  outputPrice: v.exactOptional(v.pipe(v.number(), v.minValue(0))),
  maxOutputTokens: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  capabilities: v.optional(v.array(v.picklist(["images", "tools", "reasoning"])), []),
})
const bedrock: Kind<BedrockChoice> = {
  expected:
    '"live" for what Bedrock has, "live:" and ids separated by commas for some of it, or a JSON list of models such as [{ "id": "amazon.nova-lite-v1:0", "name": "Nova Lite", "maxOutputTokens": 5000 }], ' +
    "with contextLength, outputPrice and capabilities if they are known",
  parse(text) {
    if (text === "live") return { live: true }
    if (text.startsWith("live:")) return { live: true, allow: text.slice("live:".length).split(",") }
    const models = readJson(v.array(model), text)
    return models && { models }
  },
}

const aliases: Kind<Alias[]> = { expected: `a JSON list such as ${aliasExample}`, parse: parseAliases }
