import type { ChatId, FileId } from "@omnichat/core/protocol/id"
import type { Keep } from "./keep.ts"

/** A file that the server holds and a message may name. `bytes` is its size. */
export type AttachedFile = { id: FileId; name: string; mediaType: string; bytes: number }

/** What stands in a composer: the words, and the files that have arrived at the server. */
export type Draft = { text: string; files: AttachedFile[] }

/** Where words are written: in a chat, in the one that does not exist yet, or in the place of an earlier message. */
export type DraftPlace = ChatId | "new" | `edit.${string}`

/** The words nobody has sent yet, kept for each place. */
export interface Drafts {
  read(place: DraftPlace): Draft
  /** An empty draft is forgotten. */
  write(place: DraftPlace, draft: Draft): void
}

export function createDrafts(keep: Keep): Drafts {
  return {
    read: (place) => draftOf(keep.read(`draft.${place}`)),
    write(place, draft) {
      if (draft.text === "" && draft.files.length === 0) keep.remove(`draft.${place}`)
      else keep.write(`draft.${place}`, draft)
    },
  }
}

function draftOf(kept: unknown): Draft {
  if (typeof kept !== "object" || kept === null) return { text: "", files: [] }
  const { text, files } = kept as Record<string, unknown>
  return {
    text: typeof text === "string" ? text : "",
    files: Array.isArray(files) ? files.filter(isAttached) : [],
  }
}

function isAttached(value: unknown): value is AttachedFile {
  if (typeof value !== "object" || value === null) return false
  const { id, name, mediaType, bytes } = value as Record<string, unknown>
  return (
    typeof id === "string" && typeof name === "string" && typeof mediaType === "string" && typeof bytes === "number"
  )
}
