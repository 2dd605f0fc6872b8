import type { Client } from "@omnichat/client/client"
import type { ChatId } from "@omnichat/core/protocol/id"
import type { AttachedFile, Draft, Drafts } from "../runtime/drafts.ts"
import type { MakeHolder } from "../runtime/holder.ts"
import { headBytes, kindOf } from "./file-kind.ts"

/** A file on its way to the server, or there. `progress` goes from 0 to 1. */
export type Upload = Omit<AttachedFile, "id"> & {
  key: number
  id?: AttachedFile["id"]
  progress: number
  problem?: string
}

export type ComposingState = { text: string; files: Upload[] }

/** What is being written in one place. It is kept while it changes, and goes on when one looks elsewhere. */
export interface Composing {
  readonly state: ComposingState
  write(text: string): void
  attach(files: Iterable<File>): void
  detach(key: number): void
  /** There is something to send, and all of it has arrived. */
  ready(): boolean
  /** What is to be sent; the place is empty then. */
  take(): Draft
  /** Puts words back that were not sent, before those that have been written since. */
  putBack(draft: Draft): void
  /** Keeps what was written a moment ago, now. */
  flush(): void
}

export type ComposingOptions = {
  client: Pick<Client, "http">
  drafts: Drafts
  hold: MakeHolder
  place: ChatId | "new"
  after: (ms: number, action: () => void) => () => void
}

/** Typing is kept after a pause of this many milliseconds. */
const pause = 200

export function createComposing({ client, drafts, hold, place, after }: ComposingOptions): Composing {
  let count = 0
  const kept = drafts.read(place)
  const uploads = new Map<number, AbortController>()
  const holder = hold<ComposingState>({
    text: kept.text,
    files: kept.files.map((file) => ({ ...file, key: ++count, progress: 1 })),
  })
  const { state, change } = holder
  let cancel = () => {}

  const flush = () => {
    cancel()
    drafts.write(place, { text: state.text, files: arrived(state) })
  }
  const later = () => {
    cancel()
    cancel = after(pause, flush)
  }
  const update = (key: number, recipe: (upload: Upload) => void) =>
    change((draft) => {
      const upload = draft.files.find((candidate) => candidate.key === key)
      if (upload) recipe(upload)
    })

  const refuse = (key: number, problem: string) => update(key, (entry) => void (entry.problem = problem))

  const upload = async (file: File, key: number) => {
    const aborter = new AbortController()
    uploads.set(key, aborter)
    try {
      const kind = kindOf(file.type, file.size, new Uint8Array(await file.slice(0, headBytes).arrayBuffer()))
      if ("problem" in kind) return refuse(key, kind.problem)
      const { id } = await client.http.upload(new File([file], file.name, { type: kind.type }), {
        signal: aborter.signal,
        onProgress: (sent, total) => update(key, (entry) => void (entry.progress = sent / total)),
      })
      update(key, (entry) => {
        entry.id = id
        entry.mediaType = kind.type
        entry.progress = 1
      })
      flush()
    } catch (error) {
      refuse(key, error instanceof Error ? error.message : String(error))
    } finally {
      uploads.delete(key)
    }
  }

  return {
    state,
    flush,
    write(text) {
      change((draft) => {
        draft.text = text
      })
      later()
    },
    attach(files) {
      for (const file of files) {
        const key = ++count
        const entry: Upload = { key, name: file.name, mediaType: file.type, bytes: file.size, progress: 0 }
        change((draft) => void draft.files.push(entry))
        void upload(file, key)
      }
    },
    detach(key) {
      uploads.get(key)?.abort()
      change((draft) => {
        draft.files = draft.files.filter((file) => file.key !== key)
      })
      flush()
    },
    ready: () =>
      state.files.every((file) => file.id !== undefined) && (state.text.trim() !== "" || state.files.length > 0),
    take() {
      const draft = { text: state.text, files: arrived(state) }
      change((next) => {
        next.text = ""
        next.files = []
      })
      flush()
      return draft
    },
    putBack(draft) {
      change((next) => {
        next.text = [draft.text, next.text].filter(Boolean).join("\n\n")
        next.files.unshift(...draft.files.map((file) => ({ ...file, key: ++count, progress: 1 })))
      })
      flush()
    },
  }
}

function arrived(state: ComposingState): AttachedFile[] {
  return state.files.flatMap(({ id, name, mediaType, bytes }) => (id ? [{ id, name, mediaType, bytes }] : []))
}
