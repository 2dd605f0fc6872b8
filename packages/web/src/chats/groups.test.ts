import type { ChatId } from "@omnichat/core/protocol/id"
import { expect, test } from "vitest"
import { groupByDay } from "./groups.ts"

const now = new Date(2026, 9, 21, 15).getTime()
const times: Record<string, number> = {
  morning: new Date(2026, 9, 21, 0, 0, 1).getTime(),
  night: new Date(2026, 9, 20, 23, 59).getTime(),
  monday: new Date(2026, 9, 19, 9).getTime(),
  earlier: new Date(2026, 9, 2, 9).getTime(),
  june: new Date(2026, 5, 5, 9).getTime(),
  before: new Date(2025, 9, 21, 9).getTime(),
}

test("chats stand under their days, weeks and months", () => {
  const groups = groupByDay(Object.keys(times) as ChatId[], (id) => times[id] ?? 0, now)
  expect(groups).toEqual([
    { label: "Today", ids: ["morning"] },
    { label: "Yesterday", ids: ["night"] },
    { label: "Last week", ids: ["monday"] },
    { label: "October", ids: ["earlier"] },
    { label: "June", ids: ["june"] },
    { label: "October 2025", ids: ["before"] },
  ])
})
