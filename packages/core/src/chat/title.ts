import { endsInsidePair } from "../bytes.ts"
import { limits } from "../protocol/limits.ts"

const longest = 60

/** A chat's first title: the first words of its question, cut at a word. */
export function titleFrom(question: string): string {
  const line = question.replace(/[\s\p{C}]+/gu, " ").trim()
  if (line === "") return "New chat"
  if (line.length <= longest) return line
  const cut = line.slice(0, longest + 1)
  const space = cut.lastIndexOf(" ")
  const words =
    space > longest / 2 ? cut.slice(0, space) : line.slice(0, endsInsidePair(cut.slice(0, -1)) ? longest - 1 : longest)
  return `${words.replace(/[\s.,;:!?–-]+$/u, "")}…`.slice(0, limits.titleCharacters)
}
