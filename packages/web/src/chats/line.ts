import type { Queue } from "../runtime/conversation/queue.ts"

/** What the list says of a chat whose answer waits, in the few letters that have room beside its title. */
export function lineNote({ news: { reason, position } }: Queue): string {
  if (reason === "loading") return "Loading"
  if (reason === "starting") return "Starting"
  if (position === undefined) return "In line"
  return position <= 1 ? "Next in line" : `${short(position)} in line`
}

/** `2nd`, `13th`, `21st`. */
function short(position: number): string {
  const teen = position % 100 >= 11 && position % 100 <= 13
  return `${position}${teen ? "th" : (["th", "st", "nd", "rd"][position % 10] ?? "th")}`
}
