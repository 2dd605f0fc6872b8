import { expect, test } from "vitest"
import { hear } from "../runtime/conversation/queue.ts"
import type { QueueNews } from "../runtime/conversation/queue.ts"
import { lineNote } from "./line.ts"

const note = (news: QueueNews) => lineNote(hear(undefined, news, 0, true))

test("the list says where in line a chat's answer is", () => {
  const notes = [1, 2, 3, 4, 11, 12, 13, 21, 22, 103, 111].map((position) => note({ reason: "position", position }))
  expect(notes.map((one) => one.replace(" in line", ""))).toEqual([
    "Next",
    "2nd",
    "3rd",
    "4th",
    "11th",
    "12th",
    "13th",
    "21st",
    "22nd",
    "103rd",
    "111th",
  ])
  expect(note({ reason: "position", position: 2 })).toBe("2nd in line")
  expect(note({ reason: "position" })).toBe("In line")
})

test("and what else is done before it can begin", () => {
  expect(note({ reason: "loading", progress: 0.5 })).toBe("Loading")
  expect(note({ reason: "starting", position: 2 })).toBe("Starting")
})
