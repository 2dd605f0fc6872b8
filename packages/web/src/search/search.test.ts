import type { ChatId } from "@omnichat/core/protocol/id"
import { expect, test } from "vitest"
import { findChats, mark } from "./search.ts"

const titles: Record<string, string> = {
  cht_1: "Idempotent retries",
  cht_2: "Waiting between retries",
  cht_3: "Retry budgets",
  cht_4: "Soup for eight",
}
const order = Object.keys(titles) as ChatId[]
const find = (search: string, most = 10) => findChats(order, (id) => titles[id] ?? "", search, most).map(({ id }) => id)

test("every word has to be in the title, and titles that begin with it come first", () => {
  expect(find("retr")).toEqual(["cht_3", "cht_1", "cht_2"])
  expect(find("RETR wait")).toEqual(["cht_2"])
  expect(find("nothing")).toEqual([])
  expect(find("", 2)).toEqual(["cht_1", "cht_2"])
})

test("what was searched for is marked, also where it touches and overlaps", () => {
  expect(mark("Waiting between retries", ["retr"])).toEqual([
    { text: "Waiting between ", hit: false },
    { text: "retr", hit: true },
    { text: "ies", hit: false },
  ])
  expect(mark("aaa", ["aa", "a"])).toEqual([{ text: "aaa", hit: true }])
  expect(mark("İstanbul", ["i"])).toEqual([{ text: "İstanbul", hit: false }])
})
