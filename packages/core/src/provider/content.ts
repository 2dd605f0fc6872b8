import type { ModelContent, ModelMessage } from "../model/provider.ts"
import { OmniError } from "../protocol/error.ts"

/** A message as chat APIs take it. */
export type PlainMessage = { role: "user" | "assistant"; text: string; images: ImageFile[] }
export type ImageFile = { mediaType: string; bytes: Uint8Array }

type File = Extract<ModelContent, { type: "file" }>

const imageTypes: ReadonlySet<string> = new Set(["image/png", "image/jpeg", "image/webp", "image/gif"])
const textTypes = /^(text\/.+|application\/json)$/

/**
 * The messages in a form every chat API accepts: neighbours of the same role are one message (some templates refuse
 * anything but alternation), messages without content are gone, the reasoning of earlier answers is left out (models are
 * trained without it). Images stay files, text files are written into the text with their name.
 *
 * A file the model cannot take is refused (`invalid`, naming it) in the message being answered; in an earlier one, which
 * perhaps another model has answered, a line stands in its place. `sees` says whether the model takes images.
 */
export function plainMessages(messages: ModelMessage[], sees: boolean, model: string): PlainMessage[] {
  const asked = messages.findLastIndex((message) => message.role === "user")
  const plain: PlainMessage[] = []
  messages.forEach((message, index) => {
    const next = plainMessage(message, { sees, model, refuse: index >= asked })
    if (next.text === "" && next.images.length === 0) return
    const previous = plain.at(-1)
    if (previous?.role !== next.role) plain.push(next)
    else {
      previous.text = joined([previous.text, next.text], "\n\n")
      previous.images.push(...next.images)
    }
  })
  return plain
}

/** Whether the message being answered has images in it. */
export function asksAboutImages(messages: ModelMessage[]): boolean {
  const asked = messages.findLast((message) => message.role === "user")
  return asked?.content.some((content) => content.type === "file" && imageTypes.has(content.mediaType)) ?? false
}

type Rules = { sees: boolean; model: string; refuse: boolean }

function plainMessage(message: ModelMessage, rules: Rules): PlainMessage {
  const texts: string[] = []
  const images: ImageFile[] = []
  for (const content of message.content) {
    if (content.type === "text") texts.push(content.text)
    if (content.type !== "file") continue
    if (rules.sees && imageTypes.has(content.mediaType)) images.push(content)
    else texts.push(fileAsText(content, rules))
  }
  // The pieces of an answer are one stream of words; what a person put together are separate things.
  return { role: message.role, text: joined(texts, message.role === "user" ? "\n\n" : ""), images }
}

function fileAsText(file: File, { model, refuse }: Rules): string {
  const text = textTypes.test(file.mediaType) ? decoded(file.bytes) : undefined
  if (text !== undefined) {
    const fence = "`".repeat(Math.max(3, longestRun(text, "`") + 1))
    return `File ${file.filename}:\n\n${fence}\n${text}\n${fence}`
  }
  if (!refuse) return `[The file ${file.filename} (${file.mediaType}) was here; this model cannot read it.]`
  throw new OmniError("invalid", whyNot(file, model))
}

function whyNot({ filename, mediaType }: File, model: string): string {
  if (imageTypes.has(mediaType)) return `${model} cannot see images, and ${filename} is one. Choose a model that can.`
  if (mediaType === "application/pdf") {
    return `${model} cannot read PDF files, and ${filename} is one. Copy its text into the message or a text file.`
  }
  return (
    `${filename} (${mediaType}) cannot be given to a model: text files in UTF-8 and images ` +
    `(PNG, JPEG, WebP, GIF) can. Convert it, or take it out.`
  )
}

function decoded(bytes: Uint8Array): string | undefined {
  if (bytes.includes(0)) return undefined
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes)
  } catch {
    return undefined // The caller says what such a file means for it.
  }
}

function longestRun(text: string, character: string): number {
  let longest = 0
  let run = 0
  for (const each of text) {
    run = each === character ? run + 1 : 0
    if (run > longest) longest = run
  }
  return longest
}

const joined = (texts: string[], between: string): string => texts.filter((text) => text !== "").join(between)
