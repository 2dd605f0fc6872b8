import type { ChatId } from "@omnichat/core/protocol/id"

/** The chat that an address of the app shows; undefined for any other page, and for what is no id. */
export function chatIn(pathname: string): ChatId | undefined {
  return /^\/chat\/(cht_[0-9A-HJKMNP-TV-Z]{26})\/?$/.exec(pathname)?.[1] as ChatId | undefined
}
