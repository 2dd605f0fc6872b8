import type { MakeHolder } from "./holder.ts"

/** A short word about something done, with at most one way back. */
export type Notice = { id: number; text: string; action?: { label: string; run: () => void } }

export interface Notices {
  readonly state: { notice?: Notice }
  /** Shows it until the next one, or until the function it gives back is called. */
  show(notice: Omit<Notice, "id">): () => void
}

export function createNotices(hold: MakeHolder): Notices {
  const holder = hold<{ notice?: Notice }>({})
  let count = 0
  return {
    state: holder.state,
    show(notice) {
      const id = ++count
      holder.change((draft) => {
        draft.notice = { ...notice, id }
      })
      return () =>
        holder.change((draft) => {
          if (draft.notice?.id === id) delete draft.notice
        })
    },
  }
}
