import { limits } from "@omnichat/core/protocol/limits"

/** How many first bytes of a file tell what it is. */
export const headBytes = 4096

const images = new Set(["image/png", "image/jpeg", "image/webp", "image/gif"])

/** The type under which a model can be given a file, or why it cannot. `type` is what the browser makes of its name. */
export function kindOf(type: string, size: number, head: Uint8Array): { type: string } | { problem: string } {
  if (size === 0) return { problem: "is empty" }
  if (size > limits.file) return { problem: "is larger than 25 MB" }
  if (images.has(type) || type === "application/json") return { type }
  if (type.startsWith("image/")) return { problem: "is no PNG, JPEG, WebP or GIF" }
  // Names tell little of text: a browser takes a TypeScript file for a film, and Markdown for nothing at all.
  if (isText(head, size <= head.length)) return { type: /^text\/[a-z0-9.+-]+$/.test(type) ? type : "text/plain" }
  return { problem: "is neither an image nor text" }
}

function isText(head: Uint8Array, whole: boolean): boolean {
  if (head.includes(0)) return false
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(head, { stream: !whole })
    return true
  } catch {
    return false // the decoder's one error: not UTF-8
  }
}
