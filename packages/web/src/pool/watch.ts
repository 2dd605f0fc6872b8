import { ClientError } from "@omnichat/client/client"
import type { PoolView } from "@omnichat/core/protocol/pool"
import type { MakeHolder } from "../runtime/holder.ts"

/** How often one looks, while the page is seen (ms). */
export const lookAgain = 2000

export type PoolState = {
  /** `none`: there is nothing to see for this user, and one need not look again. */
  phase: "loading" | "ready" | "none"
  view?: PoolView
  /** When the view came (epoch ms of this page). */
  readAt: number
  /** Since then nobody has answered, and what was said of it. */
  problem?: string
}

export type PoolWatchOptions = {
  read: () => Promise<PoolView>
  hold: MakeHolder
  now: () => number
  after: (ms: number, action: () => void) => () => void
  page: { hidden(): boolean; onVisibility(listener: () => void): () => void }
}

/** Looks at the pool as long as somebody sees it; `close` ends that. What was seen last stays when nobody answers. */
export function watchPool({ read, hold, now, after, page }: PoolWatchOptions): { state: PoolState; close(): void } {
  const { state, change } = hold<PoolState>({ phase: "loading", readAt: 0 })
  let closed = false
  let looking = false
  let cancel = () => {}

  const look = async () => {
    if (looking || closed || page.hidden() || state.phase === "none") return
    cancel()
    looking = true
    try {
      const view = await read()
      change((draft) => {
        draft.phase = "ready"
        draft.view = view
        draft.readAt = now()
        delete draft.problem
      })
    } catch (thrown) {
      change((draft) => {
        if (isFinal(thrown)) draft.phase = "none"
        draft.problem = thrown instanceof Error ? thrown.message : String(thrown)
      })
    }
    looking = false
    if (!closed && !page.hidden()) cancel = after(lookAgain, () => void look())
  }
  const forget = page.onVisibility(() => {
    if (page.hidden()) cancel()
    else void look()
  })
  void look()
  return {
    state,
    close() {
      closed = true
      cancel()
      forget()
    },
  }
}

/** Looking again would not help: there is no pool, or it is nothing for this user. */
function isFinal(thrown: unknown): boolean {
  return thrown instanceof ClientError && ["not_found", "forbidden", "unauthenticated"].includes(thrown.code)
}
