// @vitest-environment happy-dom
import { beforeAll, expect, test } from "vitest"
import { limits } from "./limits.ts"
import { loadParts } from "./testing/page.ts"
import { MarkdownPage } from "./view/page.ts"

/** Texts that are meant to do harm. That each of them is read at all, in the time a test has, is the first assertion. */

beforeAll(loadParts)

function draw(text: string): HTMLElement {
  const root = document.createElement("div")
  new MarkdownPage(root).draw(text, false)
  return root
}

/** Draws a text as it arrives, in so many pieces. */
function stream(text: string, pieces: number): HTMLElement {
  const root = document.createElement("div")
  const page = new MarkdownPage(root)
  for (let piece = 1; piece <= pieces; piece++) page.draw(text.slice(0, (text.length * piece) / pieces), piece < pieces)
  page.draw(text, false)
  return root
}

function depth(node: Element): number {
  let deepest = 0
  for (const child of node.children) deepest = Math.max(deepest, depth(child))
  return deepest + 1
}

const large = 1_000_000
const fill = (piece: string, length = large) => piece.repeat(Math.ceil(length / piece.length)).slice(0, length)

const runs = ["*", "_", "~", "[", "]", "`", "|", "$", "\\", "!", "<", "&", ">", "#", "-", "=", "+", " ", "\t", "(", ")", "{", "@", "w", ":", "\r", "\0"]
const patterns = [
  "*a ", "*a_ ", "**a*", "a**b", "*_~~", "_a_b", "[a](", "[a](b", "[a](<b", '[a](b "', "![a](", "[[a]", "[a][", "]: ", "[a]: b\n", "[^a]", "[^a]: ",
  "`a ", "``a`", "$a ", "$$a", "\\(a", "\\[a=", "<http:", "<a@b", "&amp", "&#1", "http://a.", "www.a", "a@b.c", "a@", "http://((", "| a ", "|-", "|-\n",
  "| a | b |\n|---|---|\n", "a|b\n", "- ", "- a\n", "1. ", "> ", ">\n", "> - ", "```\n", "~~~", "$$\n", "\\[\n=", "    a\n", "\ta\n", "# a\n", "a\n===\n",
  "\n", "\r\n", "<div>", "<!--", "{\\frac", "a  \n", "a\\\n", "é", "字", "😀", "\ud83d",
]

test.each([...runs, ...patterns])("%j, again and again, is drawn", (piece) => {
  const root = draw(fill(piece, 200_000))
  expect(depth(root)).toBeLessThan(limits.containers * 2 + limits.marks + 8)
})

test.each([...runs, ...patterns])("%j is drawn in the longest text that is looked into", (piece) => {
  const text = fill(piece, limits.inline)
  draw(text)
  stream(text, 10)
})

test.each(runs)("a line of a million %j is drawn while it arrives", (piece) => {
  stream(fill(piece), 20)
})
