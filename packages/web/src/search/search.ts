import type { ChatId } from "@omnichat/core/protocol/id"

/** A title in pieces; those that were searched for are marked. */
export type Piece = { text: string; hit: boolean }
export type Found = { id: ChatId; pieces: Piece[] }

/** The chats in whose titles every word is found, at most `most`. Titles that begin with the search come first. */
export function findChats(
  order: readonly ChatId[],
  titleOf: (id: ChatId) => string,
  search: string,
  most: number,
): Found[] {
  const words = wordsOf(search)
  const begins: Found[] = []
  const others: Found[] = []
  for (const id of order) {
    if (begins.length >= most) break
    const title = titleOf(id)
    const low = title.toLowerCase()
    if (!words.every((word) => low.includes(word))) continue
    const list = words[0] !== undefined && low.startsWith(words[0]) ? begins : others
    if (list.length < most) list.push({ id, pieces: mark(title, words) })
  }
  return [...begins, ...others].slice(0, most)
}

/** A text in pieces, with every place marked where one of the words stands. */
export function mark(text: string, words: readonly string[]): Piece[] {
  const low = text.toLowerCase()
  // Some letters change their length in lower case; then the places are not known, and nothing is marked.
  if (low.length !== text.length) return [{ text, hit: false }]
  const hits = Array.from({ length: text.length }, () => false)
  for (const word of words) {
    for (let at = low.indexOf(word); at >= 0 && word !== ""; at = low.indexOf(word, at + word.length)) {
      hits.fill(true, at, at + word.length)
    }
  }
  const pieces: Piece[] = []
  for (let at = 0; at < text.length; at++) {
    const hit = hits[at] === true
    const last = pieces.at(-1)
    if (last?.hit === hit) last.text += text[at]
    else pieces.push({ text: text[at] ?? "", hit })
  }
  return pieces
}

export function wordsOf(search: string): string[] {
  return search.toLowerCase().split(/\s+/).filter(Boolean)
}
