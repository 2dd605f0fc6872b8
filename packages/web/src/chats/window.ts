import type { ChatId } from "@omnichat/core/protocol/id"
import type { ChatGroup } from "./groups.ts"

/** A part of a group that is drawn. `first`: its heading is drawn too. `at`: the position of its first chat there. */
export type Span = { label: string; ids: ChatId[]; first: boolean; at: number; size: number }
/** What is drawn of a long list, and the space in pixels that the rest takes. */
export type Window = { spans: Span[]; above: number; below: number }

export type Heights = { heading: number; row: number }

/** The part of the list that lies between two offsets, in pixels from its top. */
export function windowOf(groups: readonly ChatGroup[], heights: Heights, from: number, to: number): Window {
  const spans: Span[] = []
  let above = 0
  let below = 0
  let top = 0
  for (const { label, ids } of groups) {
    const rows = top + heights.heading
    const first = rows > from && top < to
    const start = clamp(Math.floor((from - rows) / heights.row), ids.length)
    const end = clamp(Math.ceil((to - rows) / heights.row), ids.length)
    const drawn = ids.slice(start, end)
    const height = heights.heading + ids.length * heights.row
    if (first || drawn.length > 0) {
      spans.push({ label, ids: drawn, first, at: start, size: ids.length })
      above += (first ? 0 : heights.heading) + start * heights.row
      below += (ids.length - start - drawn.length) * heights.row
    } else if (top < from) above += height
    else below += height
    top += height
  }
  return { spans, above, below }
}

function clamp(value: number, most: number): number {
  return Math.max(0, Math.min(most, value))
}
