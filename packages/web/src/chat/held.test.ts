import { expect, test } from "vitest"
import { obstacle } from "./held.ts"

test("a message waits for its chat, and for a model; what it waits for is said", () => {
  expect(obstacle({ unread: false, model: true, models: "looking" })).toBeUndefined()
  expect(obstacle({ unread: true, model: true, models: "known" })).toBe("Goes out when the chat is here")
  expect(obstacle({ unread: false, model: false, models: "looking" })).toBe("Goes out when the models are found")
  expect(obstacle({ unread: false, model: false, models: "failed" })).toBe("Goes out when the connection is back")
  expect(obstacle({ unread: false, model: false, models: "known" })).toBe("Goes out when there is a model")
})
