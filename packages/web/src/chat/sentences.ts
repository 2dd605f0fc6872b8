/** A sentence is read out at the latest when this many characters have come without an end. */
const longest = 400

/**
 * What a screen reader should say of an answer that is being written: whole sentences from `from` on, without the
 * marks of Markdown, and code only by its name. `next` is where the following ones begin. With `ended` the rest is a
 * sentence too.
 */
export function sentences(text: string, from: number, ended: boolean): { spoken: string; next: number } {
  const rest = text.slice(from)
  const next = ended ? rest.length : endOfSentence(rest)
  return { spoken: plain(rest.slice(0, next)), next: from + next }
}

function endOfSentence(text: string): number {
  // An open code block is told of when it is closed.
  const fences = [...text.matchAll(/^ {0,3}(```|~~~).*$/gm)]
  const open = fences.length % 2 === 1 ? (fences.at(-1)?.index ?? 0) : text.length
  const ends = [...text.slice(0, open).matchAll(/[.!?…:][)"”’»*_]*\s|\n\s*\n|[。！？]/g)]
  const last = ends.at(-1)
  if (last) return last.index + last[0].length
  return open > longest ? open : 0
}

function plain(text: string): string {
  return text
    .replace(/^ {0,3}(```|~~~)(\w*)[\s\S]*?^ {0,3}\1.*$/gm, (_all, _fence, language: string) =>
      language === "" ? "Code block. " : `Code block, ${language}. `,
    )
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/^\s{0,3}(#{1,6}|>|[-*+]|\d+[.)])\s+/gm, "")
    .replace(/[*_`~|]+/g, "")
    .replace(/\s+/g, " ")
    .trim()
}
