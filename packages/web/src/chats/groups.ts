import type { ChatId } from "@omnichat/core/protocol/id"

export type ChatGroup = { label: string; ids: ChatId[] }

/**
 * The chats under the words a reader thinks of days with. `order` is newest first; `now` and the times are epoch
 * milliseconds, the days those of this computer.
 */
export function groupByDay(order: readonly ChatId[], timeOf: (id: ChatId) => number, now: number): ChatGroup[] {
  const labelOf = dayNames(now)
  const groups: ChatGroup[] = []
  for (const id of order) {
    const label = labelOf(timeOf(id))
    const last = groups.at(-1)
    if (last?.label === label) last.ids.push(id)
    else groups.push({ label, ids: [id] })
  }
  return groups
}

/** Names the day of a time as seen from `now`. */
export function dayNames(now: number): (time: number) => string {
  const midnight = startOfDay(now)
  const yesterday = startOfDay(midnight - 1)
  const week = midnight - 7 * 24 * 3600_000
  const year = new Date(now).getFullYear()
  // A chat list asks thousands of times, and formatting is slow: once per month will do.
  const months = new Map<number, string>()
  return (time) => {
    if (time >= midnight) return "Today"
    if (time >= yesterday) return "Yesterday"
    if (time >= week) return "Last week"
    const date = new Date(time)
    const key = date.getFullYear() * 12 + date.getMonth()
    const known = months.get(key)
    if (known !== undefined) return known
    const own = date.getFullYear() === year
    const label = date.toLocaleDateString("en", own ? { month: "long" } : { month: "long", year: "numeric" })
    months.set(key, label)
    return label
  }
}

function startOfDay(time: number): number {
  return new Date(time).setHours(0, 0, 0, 0)
}
