import type { ModelContent, ModelMessage } from "../../model/provider.ts"
import { OmniError } from "../../protocol/error.ts"
import { fileAsText, fileGone, isAsked, whyNot } from "../content.ts"
import type { BedrockFacts } from "./model.ts"
import type { ContentBlock, DocumentFormat, ImageFormat } from "./wire.ts"

type File = Extract<ModelContent, { type: "file" }>

const imageFormats: Record<string, ImageFormat> = {
  "image/png": "png",
  "image/jpeg": "jpeg",
  "image/gif": "gif",
  "image/webp": "webp",
}
const office = "application/vnd.openxmlformats-officedocument"
const documentFormats: Record<string, DocumentFormat> = {
  "application/pdf": "pdf",
  "application/msword": "doc",
  [`${office}.wordprocessingml.document`]: "docx",
  "application/vnd.ms-excel": "xls",
  [`${office}.spreadsheetml.sheet`]: "xlsx",
  "text/csv": "csv",
  "text/html": "html",
  "text/markdown": "md",
  "text/plain": "txt",
}
/** These can be written into the text as well, where a document of them is too many or too large. */
const isText = /^(text\/.+|application\/json)$/

/** What a message holds once its files are as Bedrock takes them. */
export type PreparedContent = Exclude<ModelContent, File> | { type: "block"; block: ContentBlock }
export type PreparedMessage = { role: ModelMessage["role"]; content: PreparedContent[] }

/**
 * Turns the files of one request into blocks, the newest first: what a request may hold of them is given to those that
 * are asked about. In the message being answered a file that cannot be sent is refused, by name and with what to do; in
 * an earlier one a line stands in its place, so that no chat ends at a file. @throws OmniError `invalid`
 */
export function withFileBlocks(
  messages: readonly ModelMessage[],
  facts: BedrockFacts,
  model: string,
): PreparedMessage[] {
  const files = new Files(facts, model)
  const asked = messages.findLastIndex(isAsked)
  const prepared = messages.toReversed().map(({ role, content }, fromEnd): PreparedMessage => {
    const refuse = messages.length - 1 - fromEnd >= asked
    return {
      role,
      content: content.map((part) =>
        part.type === "file" ? { type: "block", block: files.block(part, refuse) } : part,
      ),
    }
  })
  return prepared.toReversed()
}

class Files {
  readonly #facts: BedrockFacts
  readonly #model: string
  readonly #names = new Set<string>()
  #images = 0
  #documents = 0

  constructor(facts: BedrockFacts, model: string) {
    this.#facts = facts
    this.#model = model
  }

  block(file: File, refuse: boolean): ContentBlock {
    const image = imageFormats[file.mediaType]
    const document = documentFormats[file.mediaType]
    const { images, documents } = this.#facts
    const why =
      image !== undefined && images !== null
        ? (tooLarge(file, Math.floor(images.bytes / 4) * 3) ?? tooMany(this.#images, images.count, "images"))
        : document !== undefined && documents !== null
          ? (tooLarge(file, document === "pdf" ? documents.pdfBytes : documents.bytes) ??
            tooMany(this.#documents, documents.count, "documents"))
          : undefined
    const source = { bytes: file.bytes }
    if (image !== undefined && images !== null && why === undefined) {
      this.#images += 1
      return { image: { format: image, source } }
    }
    if (document !== undefined && documents !== null && why === undefined && !isBlank(file)) {
      this.#documents += 1
      return { document: { format: document, name: this.#name(file.filename), source } }
    }
    if (isText.test(file.mediaType)) return { text: fileAsText(file, { model: this.#model, refuse }) }
    if (!refuse) return { text: fileGone(file) }
    throw new OmniError("invalid", why === undefined ? whyNot(file, this.#model) : `${this.#model} cannot take ${why}`)
  }

  /** Letters, digits, single spaces, hyphens, parentheses and square brackets, and no name twice. */
  #name(filename: string): string {
    const plain = filename
      .normalize("NFKD")
      .replace(/\p{M}/gu, "")
      .replace(/(?<=.)\.[A-Za-z0-9]{1,5}$/, "")
      .replace(/[^A-Za-z0-9\-()[\]]+/g, " ")
      .trim()
      .slice(0, 150)
      .trim()
    const wanted = plain === "" ? "document" : plain
    let name = wanted
    for (let count = 2; this.#names.has(name); count++) name = `${wanted} (${count})`
    this.#names.add(name)
    return name
  }
}

function tooLarge({ filename, bytes: { length } }: File, most: number): string | undefined {
  if (length <= most) return undefined
  const [is, may] = [Math.ceil(length / 100_000) / 10, Math.floor(most / 100_000) / 10]
  return `${filename}: it has ${is} MB, and ${may} MB is the most. Make it smaller, or take it out.`
}

const tooMany = (count: number, most: number, kind: string): string | undefined =>
  count < most ? undefined : `more than ${most} ${kind} at once. Take some of them out, or ask about them in turn.`

const isBlank = ({ mediaType, bytes }: File): boolean =>
  isText.test(mediaType) && bytes.every((byte) => byte === 32 || (byte >= 9 && byte <= 13))
