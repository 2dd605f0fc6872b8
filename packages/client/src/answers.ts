import { endedStatuses } from "@omnichat/core/protocol/event"
import type { ChatPage, Config, FileCreated, Message, MessagePage, ModelList } from "@omnichat/core/protocol/http"
import type { Json, Part } from "@omnichat/core/protocol/part"
import type { SettingsView, SourceList } from "@omnichat/core/protocol/settings"
import { wireError } from "./errors.ts"
import { chatSummary, usage } from "./guard.ts"
import {
  amount,
  anything,
  count,
  either,
  flag,
  idOf,
  isObject,
  list,
  nullable,
  object,
  only,
  record,
  text,
} from "./shape.ts"
import type { Guard } from "./shape.ts"

/** What the HTTP side answers, as far as the client relies on it (protocol H3 to H8). */

export const config: Guard<Config> = object({
  socketUrl: text,
  mode: only("local", "aws"),
  auth: either(
    object({ kind: only("none") }),
    object({ kind: only("oidc"), issuer: text, clientId: text, scope: text }, { signOutUrl: text }),
  ),
})

export const modelList: Guard<ModelList> = object({
  models: list(
    object(
      { id: text, name: text, provider: text, capabilities: list(only("images", "tools", "reasoning")) },
      { contextLength: count },
    ),
  ),
})

export const chatPage: Guard<ChatPage> = object({ chats: list(chatSummary) }, { next: text })

/** What came out of JSON is JSON. */
const json = (value: unknown): value is Json => value !== undefined

const toolState = only(
  "input-streaming",
  "input-available",
  "approval-requested",
  "output-available",
  "output-error",
  "output-denied",
)
const partGuards: { [T in Part["type"]]: Guard<Extract<Part, { type: T }>> } = {
  text: object({ type: only("text"), text }, { state: only("streaming", "done") }),
  reasoning: object(
    { type: only("reasoning"), text },
    { id: text, state: only("streaming", "done"), providerMetadata: record(record(json)) },
  ),
  "step-start": object({ type: only("step-start") }),
  file: object({ type: only("file"), mediaType: text, url: text }, { filename: text }),
  "source-url": object({ type: only("source-url"), sourceId: text, url: text }, { title: text }),
  "source-document": object(
    { type: only("source-document"), sourceId: text, mediaType: text, title: text },
    { filename: text },
  ),
  "dynamic-tool": object(
    { type: only("dynamic-tool"), toolName: text, toolCallId: text, state: toolState },
    { input: anything, output: anything, errorText: text, approval: object({ id: text }) },
  ),
}
const guardOf: ReadonlyMap<unknown, Guard<Part>> = new Map(Object.entries(partGuards))
const part: Guard<Part> = (value): value is Part => isObject(value) && guardOf.get(value.type)?.(value) === true

const message: Guard<Message> = object(
  {
    id: idOf("msg"),
    parentId: nullable(idOf("msg")),
    role: only("user", "assistant"),
    parts: list(part),
    status: only("running", ...endedStatuses),
    createdAt: text,
  },
  { model: text, usage, error: wireError, runId: idOf("run") },
)
export const messagePage: Guard<MessagePage> = object({ messages: list(message) }, { next: text })

export const fileCreated: Guard<FileCreated> = object({
  id: idOf("fil"),
  upload: object({ method: only("PUT"), url: text, headers: record(text) }),
})

export const sourceList: Guard<SourceList> = object({
  sources: list(
    object(
      {
        provider: only("ollama", "openai", "bedrock", "demo"),
        state: only("found", "silent", "wrong", "unset"),
        models: list(object({ id: text }, { sizeBytes: count, loaded: flag })),
      },
      { address: text, error: text },
    ),
  ),
})

const setting = <T>(value: Guard<T>) => object({ value, fixed: flag })
const aliasTarget = object({ model: text }, { waitAtMostSeconds: amount })
export const settingsView: Guard<SettingsView> = object(
  {
    ollamaUrls: setting(list(text)),
    openaiBaseUrl: setting(nullable(text)),
    openaiApiKey: object({ set: flag, fixed: flag }),
    defaultModel: setting(nullable(text)),
    demo: setting(flag),
    data: object({ folder: text }),
    version: text,
  },
  {
    bedrock: object({ region: nullable(text) }),
    aliases: list(object({ id: text, name: text, targets: list(aliasTarget) })),
  },
)
