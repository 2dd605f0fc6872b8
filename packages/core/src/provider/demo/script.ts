import { type Script, code, failure, formula, long, table, tour } from "./text.ts"

const scripts: readonly { words: RegExp; script: Script }[] = [
  { words: /\b(fail|fails|failure)\b/i, script: failure },
  { words: /\blong(er)?\b/i, script: long },
  { words: /\btables?\b/i, script: table },
  { words: /\bcode\b/i, script: code },
  { words: /\bformulas?\b/i, script: formula },
]

/** What the demo answers to a question: by the first word in it that it knows, else the tour. */
export const scriptFor = (question: string): Script => scripts.find(({ words }) => words.test(question))?.script ?? tour
