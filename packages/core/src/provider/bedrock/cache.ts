import type { Caching } from "../../model/facts.ts"
import type { CachePoint, ContentBlock, ConverseInput } from "./wire.ts"

/** About how many characters a token has; an estimate that decides only whether a cache point can be of use. */
const charactersPerToken = 4
const tokensOfFile = 1500

/**
 * Puts cache points where a request's beginning will be sent again: after the tools and after the system text, which
 * stay through a chat, and at its tail. A beginning that is too short to be kept gets none. What lasts for an hour comes
 * before what lasts for five minutes, as Bedrock wants it. @param hour whether tools and system may be kept so long
 */
export function withCachePoints(input: ConverseInput, caching: Caching | null, hour: boolean): ConverseInput {
  if (caching === null) return input
  const lasting: CachePoint = { cachePoint: { type: "default", ...(hour && caching.hour ? { ttl: "1h" } : {}) } }
  const least = caching.minTokens * charactersPerToken
  const { toolConfig, system, messages } = input
  const toolsSize = toolConfig === undefined ? 0 : JSON.stringify(toolConfig.tools).length
  const systemSize = toolsSize + (system === undefined ? 0 : JSON.stringify(system).length)
  const size = messages.reduce(
    (sum, { content }) => sum + content.reduce((all, block) => all + sizeOf(block), 0),
    systemSize,
  )
  const tail = messages.findLastIndex(({ role }) => role === "user")
  return {
    ...input,
    ...(toolConfig !== undefined && caching.tools && toolsSize >= least
      ? { toolConfig: { ...toolConfig, tools: [...toolConfig.tools, lasting] } }
      : {}),
    ...(system !== undefined && systemSize >= least ? { system: [...system, lasting] } : {}),
    ...(size < least
      ? {}
      : {
          messages: messages.map((message, index) =>
            index === tail
              ? { ...message, content: [...message.content, { cachePoint: { type: "default" } }] }
              : message,
          ),
        }),
  }
}

function sizeOf(block: ContentBlock): number {
  if ("text" in block) return block.text.length
  if ("guardContent" in block) return block.guardContent.text.text.length
  if ("image" in block || "document" in block) return tokensOfFile * charactersPerToken
  if ("toolUse" in block) return JSON.stringify(block.toolUse.input).length
  if ("toolResult" in block) return block.toolResult.content.reduce((sum, { text }) => sum + text.length, 0)
  return 0
}
