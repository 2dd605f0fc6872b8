/** The box at the start of a task: `[ ] words` or `[x] words`. */
export function readTask(text: string): { done: boolean; text: string } | undefined {
  const found = /^\[([ xX])\][ \t\n]+(?=\S)/.exec(text)
  return found ? { done: found[1] !== " ", text: text.slice(found[0].length) } : undefined
}
