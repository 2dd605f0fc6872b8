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
 * trained without it), calls of tools and their results are told as text. Images stay files, text files are written into
 * the text with their name.
 *
 * A file the model cannot take is refused (`invalid`, naming it) in the message being answered; in an earlier one, which
 * perhaps another model has answered, a line stands in its place. `sees` says whether the model takes images.
 */
export function plainMessages(messages: ModelMessage[], sees: boolean, model: string): PlainMessage[] {
  const asked = messages.findLastIndex(isAsked)
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
  const asked = messages.findLast(isAsked)
  return asked?.content.some((content) => content.type === "file" && imageTypes.has(content.mediaType)) ?? false
}

/** Whether a person has said something in it, and not only tools. */
export const isAsked = ({ role, content }: ModelMessage): boolean =>
  role === "user" && !(content.length > 0 && content.every(({ type }) => type === "tool-result"))

type Rules = { sees: boolean; model: string; refuse: boolean }

function plainMessage(message: ModelMessage, rules: Rules): PlainMessage {
  const texts: string[] = []
  const images: ImageFile[] = []
  for (const content of message.content) {
    switch (content.type) {
      case "text":
        texts.push(content.text)
        break
      case "tool-call":
        texts.push(`${texts.some(Boolean) ? "\n\n" : ""}${callAsText(content)}\n\n`)
        break
      case "tool-result":
        texts.push(resultAsText(content))
        break
      case "file":
        if (rules.sees && imageTypes.has(content.mediaType)) images.push(content)
        else texts.push(fileAsText(content, rules))
    }
  }
  // The pieces of an answer are one stream of words; what a person put together are separate things.
  const text = joined(texts, message.role === "user" ? "\n\n" : "")
  return { role: message.role, text: message.content.at(-1)?.type === "tool-call" ? text.trimEnd() : text, images }
}

/** A call and its result as words, for a model that has no tools now. */
export const callAsText = ({ name, input }: Extract<ModelContent, { type: "tool-call" }>): string =>
  `[The tool ${name} was called with ${JSON.stringify(input ?? {})}.]`

export function resultAsText({ name, output, isError }: Extract<ModelContent, { type: "tool-result" }>): string {
  const said = outputAsText(output)
  return isError === true ? `[The tool ${name} failed: ${said}]` : `[The tool ${name} gave: ${said}]`
}

/** What a tool has given as a text that is never blank. */
export function outputAsText(output: unknown): string {
  const said = typeof output === "string" ? output : (JSON.stringify(output) ?? "")
  return said.trim() === "" ? "nothing" : said
}

/** A file's own words under its name. @throws OmniError `invalid` for one that has none, if it is to be refused */
export function fileAsText(file: File, { model, refuse }: Omit<Rules, "sees">): string {
  const text = textTypes.test(file.mediaType) ? decoded(file.bytes) : undefined
  if (text !== undefined) {
    const fence = "`".repeat(Math.max(3, longestRun(text, "`") + 1))
    return `File ${file.filename}:\n\n${fence}\n${text}\n${fence}`
  }
  if (!refuse) return fileGone(file)
  throw new OmniError("invalid", whyNot(file, model))
}

/** The line that stands for a file of an earlier message that a model cannot take. */
export const fileGone = ({ filename, mediaType }: File): string =>
  `[The file ${filename} (${mediaType}) was here; this model cannot read it.]`

/** Why a model cannot take a file, and what to do. */
export function whyNot({ filename, mediaType }: File, model: string): string {
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
