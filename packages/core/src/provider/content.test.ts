import { expect, test } from "vitest"
import type { ModelContent, ModelMessage } from "../model/provider.ts"
import { base64, fromBase64 } from "./base64.ts"
import { plainMessages } from "./content.ts"

const text = (words: string): ModelContent => ({ type: "text", text: words })
const user = (...content: ModelContent[]): ModelMessage => ({ role: "user", content })
const assistant = (...content: ModelContent[]): ModelMessage => ({ role: "assistant", content })
const file = (mediaType: string, bytes: number[] = [65]): ModelContent => ({
  type: "file",
  mediaType,
  filename: "thing.bin",
  bytes: new Uint8Array(bytes),
})

const texts = (messages: ModelMessage[]) =>
  plainMessages(messages, false, "m").map((message) => `${message.role}: ${message.text}`)

test("neighbours of one role are one message, and empty ones are gone", () => {
  expect(texts([user(text("a")), assistant(), user(text("b")), assistant(text("c")), assistant(text("d"))])).toEqual([
    "user: a\n\nb",
    "assistant: c\n\nd",
  ])
})

test("the pieces of an answer are joined as they were said, without its reasoning", () => {
  expect(texts([user(text("a")), assistant({ type: "reasoning", text: "hm" }, text("b"), text("c"))])).toEqual([
    "user: a",
    "assistant: bc",
  ])
})

test.each([
  ["a PDF", file("application/pdf")],
  ["text that is no UTF-8", file("text/plain", [0xff])],
  ["text with zero bytes", file("text/plain", [65, 0, 65])],
  ["an image for a model that sees none", file("image/png")],
])("%s is refused by name in the message being answered, and named in an earlier one", (_, content) => {
  expect(() => plainMessages([user(content)], false, "m")).toThrow(/thing\.bin/)
  const later = texts([user(text("a"), content), assistant(text("b")), user(text("c"))])
  expect(later[0]).toMatch(/^user: a\n\n\[The file thing\.bin \(.+\) was here/)
})

test.each([
  [file("application/pdf"), "m cannot read PDF files, and thing.bin is one."],
  [file("image/png"), "m cannot see images, and thing.bin is one."],
  [file("text/plain", [0xff]), "thing.bin (text/plain) cannot be given to a model"],
])("the refusal of %j says what is wrong with it", (content, words) => {
  expect(() => plainMessages([user(content)], false, "m")).toThrow(words)
})

test.each([0, 1, 2, 3, 4, 254, 255, 256])("base 64 of %i bytes is what it should be", (length) => {
  const bytes = Uint8Array.from({ length }, (_, at) => (at * 7) % 256)
  expect(base64(bytes)).toBe(btoa(String.fromCharCode(...bytes)))
})

test("calls of tools and their results are told as text, and a question stays the question while they are made", () => {
  const call: ModelContent = { type: "tool-call", id: "1", name: "look_up", input: { word: "tea" } }
  const result: ModelContent = { type: "tool-result", id: "1", name: "look_up", output: { meaning: "a drink" } }
  const failed: ModelContent = { type: "tool-result", id: "2", name: "look_up", output: "no such word", isError: true }
  expect(texts([user(text("a")), assistant(text("I look."), call, text("So.")), user(result, failed)])).toEqual([
    "user: a",
    'assistant: I look.\n\n[The tool look_up was called with {"word":"tea"}.]\n\nSo.',
    'user: [The tool look_up gave: {"meaning":"a drink"}]\n\n[The tool look_up failed: no such word]',
  ])
  expect(texts([user(text("a")), assistant(call), user({ ...result, output: "" })])[1]).toMatch(/\.\]$/)
  expect(() => plainMessages([user(file("application/pdf")), assistant(call), user(result)], false, "m")).toThrow(/PDF/)
})

test("bytes come back from base 64, and what is none gives none", () => {
  expect(fromBase64(base64(new Uint8Array([0, 255, 7])))).toEqual(new Uint8Array([0, 255, 7]))
  expect(fromBase64("?")).toBeUndefined()
})
