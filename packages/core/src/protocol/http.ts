import * as v from "valibot"
import type { WireError } from "./error.ts"
import type { RunStatus, Usage } from "./event.ts"
import { messageId } from "./id.ts"
import type { ChatId, FileId, MessageId, RunId } from "./id.ts"
import { limits } from "./limits.ts"
import { strictRecord } from "./object.ts"
import type { Part } from "./part.ts"

/** The bodies of the HTTP side (protocol H1 to H8). Times are ISO 8601 in UTC. */

export type ErrorBody = { error: WireError }

export type ChatSummary = {
  id: ChatId
  title: string
  createdAt: string
  /** The last activity: a run that began or ended. */
  updatedAt: string
  leafId: MessageId | null
  /** The unfinished runs and the answers they write. */
  runs: Record<RunId, MessageId>
  temporary?: true
}
export type ChatPage = { chats: ChatSummary[]; next?: string }

export const chatPatch = strictRecord({
  title: v.exactOptional(
    v.pipe(
      v.string(),
      v.trim(),
      v.nonEmpty("a title may not be empty"),
      v.maxLength(limits.titleCharacters, `a title has at most ${limits.titleCharacters} characters`),
    ),
  ),
  leafId: v.exactOptional(messageId),
})
export type ChatPatch = v.InferOutput<typeof chatPatch>

export type MessageStatus = Exclude<RunStatus, "queued">

/** A message as clients read it. Of a `running` answer the parts are in the journal, not here. */
export type Message = {
  id: MessageId
  parentId: MessageId | null
  role: "user" | "assistant"
  parts: Part[]
  model?: string
  status: MessageStatus
  usage?: Usage
  error?: WireError
  createdAt: string
  runId?: RunId
}
export type MessagePage = { messages: Message[]; next?: string }

/** What a file may be; anything else is refused before a byte is stored. */
export const fileCreate = v.strictObject({
  name: v.pipe(v.string(), v.nonEmpty(), v.maxLength(255)),
  mediaType: v.pipe(
    v.string(),
    v.maxLength(100),
    v.regex(/^[a-z]+\/[a-z0-9][a-z0-9.+-]*$/, "expected a media type such as image/png"),
  ),
  bytes: v.pipe(
    v.number(),
    v.safeInteger(),
    v.minValue(1, "a file may not be empty"),
    v.maxValue(limits.file, "a file has at most 25 MB"),
  ),
})
export type FileCreate = v.InferOutput<typeof fileCreate>
export type FileCreated = {
  id: FileId
  upload: { method: "PUT"; url: string; headers: Record<string, string> }
}

export type Capability = "images" | "tools" | "reasoning"
export type ModelSummary = {
  id: string
  name: string
  provider: string
  /** Tokens. */
  contextLength?: number
  capabilities: Capability[]
}
export type ModelList = { models: ModelSummary[] }

export type Config = {
  /** Absolute. */
  socketUrl: string
  mode: "local" | "aws"
  auth: Auth
}

/** How a person signs in: not at all, or with an OpenID Connect provider by code and PKCE. */
export type Auth =
  | { kind: "none" }
  | {
      kind: "oidc"
      /** Its `/.well-known/openid-configuration` says the rest. */
      issuer: string
      clientId: string
      scope: string
      /** Where a browser is sent to end the provider's own session; it adds `logout_uri`, the page to come back to. */
      signOutUrl?: string
    }
