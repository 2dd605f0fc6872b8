import * as v from "valibot"
import { strictRecord } from "./object.ts"

/** The bodies of `/api/sources` and `/api/settings`: where models come from, on one machine. */

export type SourceState =
  /** It answered and gave its models. */
  | "found"
  /** Nobody answers at the address. */
  | "silent"
  /** Something answers, but it is no such server, or it refuses. */
  | "wrong"
  /** No address is set. */
  | "unset"
export type Source = {
  provider: "ollama" | "openai" | "bedrock" | "demo"
  /** Where it is; of Bedrock, the region. */
  address?: string
  state: SourceState
  /** What is wrong and what to do, for the person who reads it. */
  error?: string
  models: { id: string; sizeBytes?: number; loaded?: boolean }[]
}
export type SourceList = { sources: Source[] }

/** One setting; `fixed` when an environment variable decides it. */
export type Setting<T> = { value: T; fixed: boolean }
export type AliasView = { id: string; name: string; targets: { model: string; waitAtMostSeconds?: number }[] }
export type SettingsView = {
  ollamaUrls: Setting<string[]>
  openaiBaseUrl: Setting<string | null>
  /** The key itself never leaves the server. */
  openaiApiKey: { set: boolean; fixed: boolean }
  defaultModel: Setting<string | null>
  demo: Setting<boolean>
  /** Where the environment turns Amazon Bedrock on; the region is null while none is known. */
  bedrock?: { region: string | null }
  /** Names that stand for several models, asked in this order, as the environment gives them. */
  aliases?: AliasView[]
  data: { folder: string }
  version: string
}

/** The address of a model server: http or https, without user, query or fragment; given back without a slash at its end. */
export const serverUrl = v.pipe(
  v.string(),
  v.trim(),
  v.maxLength(2000),
  v.check((url) => isServerUrl(url), "expected an address such as http://127.0.0.1:11434"),
  v.transform((url) => url.replace(/\/+$/, "")),
)

export const settingsPatch = strictRecord({
  ollamaUrls: v.exactOptional(v.pipe(v.array(serverUrl), v.maxLength(16, "at most 16 addresses"))),
  openaiBaseUrl: v.exactOptional(v.nullable(serverUrl)),
  openaiApiKey: v.exactOptional(
    v.nullable(
      v.pipe(v.string(), v.trim(), v.nonEmpty("a key may not be empty; null takes it away"), v.maxLength(4000)),
    ),
  ),
  defaultModel: v.exactOptional(v.nullable(v.pipe(v.string(), v.nonEmpty(), v.maxLength(256)))),
  demo: v.exactOptional(v.boolean()),
})
export type SettingsPatch = v.InferOutput<typeof settingsPatch>

/** `credentials`: whether a user and password may stand in it, for addresses that are never shown again. */
export function isServerUrl(text: string, options: { credentials?: boolean } = {}): boolean {
  if (!/^https?:\/\/[^\s\\]+$/i.test(text) || !URL.canParse(text)) return false
  const url = new URL(text)
  if (options.credentials !== true && (url.username !== "" || url.password !== "")) return false
  return url.search === "" && url.hash === "" && url.hostname !== ""
}
