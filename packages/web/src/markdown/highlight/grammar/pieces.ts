import type { Grammar, Hue, Rule } from "../scan.ts"

/** Rules that most languages share. The pattern of a string also ends where its line does. */

export const doubleQuoted: Rule = { pattern: '"(?:[^"\\\\]|\\\\.)*"?', hue: "s" }
export const singleQuoted: Rule = { pattern: "'(?:[^'\\\\]|\\\\.)*'?", hue: "s" }
/** One character in quotes; a lone quote is something else. */
export const characterQuoted: Rule = { pattern: "'(?:[^'\\\\]|\\\\[^']{1,10})'", hue: "s" }

export const number: Rule = {
  pattern: "\\b(?:0[xXbBoO][\\da-fA-F_]+|\\d[\\d_]*(?:\\.\\d[\\d_]*)?(?:[eE][+-]?\\d+)?)[a-zA-Z%]{0,4}",
  hue: "n",
}

export const hashComment: Rule = { pattern: "(?<=^|\\s)#.*", hue: "c" }
export const slashComment: Rule = { pattern: "//.*", hue: "c" }
export const dashComment: Rule = { pattern: "--.*", hue: "c" }

/** Names and keywords; `letters` are what a name may hold beside letters and digits. */
export function names(keywords: string, letters = "$", ignoreCase = false): Rule {
  const words = new Set(keywords.split(" "))
  const hue = (text: string): Hue | undefined => (words.has(ignoreCase ? text.toLowerCase() : text) ? "k" : undefined)
  return { pattern: `[\\p{L}_${letters}][\\p{L}\\p{N}_${letters}]*`, hue }
}

/** Something that begins and ends with marks and may go over lines. */
export function span(
  name: string,
  open: string,
  close: string,
  hue: Hue,
  ...inner: Rule[]
): { rule: Rule; parts: Grammar } {
  const rules: Rule[] = [...inner, { pattern: close, pop: true }]
  return { rule: { pattern: open, hue, push: name }, parts: { [name]: { hue, rules } } }
}

export const escaped: Rule = { pattern: "\\\\." }
export const blockComment = span("comment", "/\\*", "\\*/", "c")
export const nestedComment = span("comment", "/\\*", "\\*/", "c", { pattern: "/\\*", push: "comment" })
export const tripleQuoted = span("triple", '"""', '"""', "s", escaped)
