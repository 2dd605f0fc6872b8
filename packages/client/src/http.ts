import type { StartAck, StartBody } from "@omnichat/core/protocol/frame"
import type { ChatPage, ChatPatch, ChatSummary, Config, MessagePage, ModelList } from "@omnichat/core/protocol/http"
import type { ChatId, FileId } from "@omnichat/core/protocol/id"
import type { SettingsPatch, SettingsView, SourceList } from "@omnichat/core/protocol/settings"
import * as answers from "./answers.ts"
import { chatSummary, startAck } from "./guard.ts"
import { Requests } from "./request.ts"
import type { RequestOptions } from "./request.ts"
import { object, text } from "./shape.ts"
import { put } from "./upload.ts"
import type { UploadOptions } from "./upload.ts"

/** One page of a list; `cursor` is the `next` of the page before. */
export type PageOptions = { cursor?: string; limit?: number }

/** The HTTP side of the server. Everything rejects with a ClientError. */
export interface HttpApi {
  config(): Promise<Config>
  models(): Promise<ModelList>
  chats(page?: PageOptions): Promise<ChatPage>
  chat(id: ChatId): Promise<ChatSummary>
  patchChat(id: ChatId, patch: ChatPatch): Promise<ChatSummary>
  /** With `keepalive` it goes out also when the page is being left. */
  deleteChat(id: ChatId, options?: { keepalive?: boolean }): Promise<void>
  messages(chatId: ChatId, page?: PageOptions): Promise<MessagePage>
  /** Stores a file, which may then be named in a message. */
  upload(file: Blob & { name: string }, options?: UploadOptions): Promise<{ id: FileId }>
  /** Where a file's bytes are, for who needs no token. */
  fileUrl(id: FileId): string
  /** A file's bytes, from wherever they are kept. */
  file(id: FileId, options?: { signal?: AbortSignal }): Promise<Blob>
  sources(): Promise<SourceList>
  settings(): Promise<SettingsView>
  patchSettings(patch: SettingsPatch): Promise<SettingsView>
}

/** What the socket side needs of it besides. */
export interface StartApi {
  socketUrl(): Promise<string>
  start(body: StartBody, signal: AbortSignal): Promise<StartAck>
}

export function createHttp(options: RequestOptions): HttpApi & StartApi {
  const requests = new Requests(options)
  return {
    config: () => requests.json("/api/config", answers.config),
    models: () => requests.json("/api/models", answers.modelList),
    chats: (page) => requests.json(`/api/chats${query(page)}`, answers.chatPage),
    chat: (id) => requests.json(`/api/chats/${id}`, chatSummary),
    patchChat: (id, body) => requests.json(`/api/chats/${id}`, chatSummary, { method: "PATCH", body }),
    deleteChat: (id, { keepalive = false } = {}) => requests.done(`/api/chats/${id}`, { method: "DELETE", keepalive }),
    messages: (chatId, page) => requests.json(`/api/chats/${chatId}/messages${query(page)}`, answers.messagePage),
    upload: async (file, upload = {}) => {
      const body = { name: file.name, mediaType: file.type || "application/octet-stream", bytes: file.size }
      const created = await requests.json("/api/files", answers.fileCreated, {
        method: "POST",
        body,
        ...(upload.signal && { signal: upload.signal }),
      })
      const { url, headers } = created.upload
      await put({ ...upload, url: new URL(url, options.baseUrl).href, headers, body: file, fetch: options.fetch })
      return { id: created.id }
    },
    fileUrl: (id) => `${options.baseUrl}/api/files/${id}`,
    file: (id, { signal } = {}) => requests.blob(`/api/files/${id}`, { within: 120_000, ...(signal && { signal }) }),
    sources: () => requests.json("/api/sources", answers.sourceList),
    settings: () => requests.json("/api/settings", answers.settingsView),
    patchSettings: (body) => requests.json("/api/settings", answers.settingsView, { method: "PATCH", body }),
    socketUrl: async () => (await requests.json("/api/config", object({ socketUrl: text }))).socketUrl,
    start: (body, signal) => requests.json("/api/runs", startAck, { method: "POST", body, signal, within: 120_000 }),
  }
}

function query({ cursor, limit }: PageOptions = {}): string {
  const fields = new URLSearchParams()
  if (cursor !== undefined) fields.set("cursor", cursor)
  if (limit !== undefined) fields.set("limit", String(limit))
  return fields.size === 0 ? "" : `?${fields}`
}
