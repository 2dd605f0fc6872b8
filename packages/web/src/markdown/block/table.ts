import { limits } from "../limits.ts"
import type { Align } from "./block.ts"

/** The columns of the line under a table's header; undefined when the line is no such line. */
export function readAligns(line: string): Align[] | undefined {
  const text = line.trim()
  if (text.length > limits.line || !/^[-|:\s]+$/.test(text) || !/[|:]/.test(text)) return undefined
  const aligns: Align[] = []
  for (const cell of splitRow(text)) {
    if (!/^:?-+:?$/.test(cell) || aligns.length === limits.columns) return undefined
    const left = cell.startsWith(":")
    const right = cell.endsWith(":")
    aligns.push(left && right ? "center" : right ? "right" : left ? "left" : undefined)
  }
  return aligns
}

/** The cells of a row, one more than a table may have at most. `\|` stays in its cell as `|`, in code too. */
export function splitRow(line: string): string[] {
  const text = line.trim()
  const cells: string[] = []
  let cell = ""
  let from = text.startsWith("|") ? 1 : 0
  for (let index = from; index < text.length && cells.length <= limits.columns; index++) {
    if (text[index] === "\\" && text[index + 1] === "|") {
      cell += text.slice(from, index)
      from = ++index
    } else if (text[index] === "\\") {
      index++
    } else if (text[index] === "|") {
      cells.push((cell + text.slice(from, index)).trim())
      cell = ""
      from = index + 1
    }
  }
  const last = (cell + text.slice(from)).trim()
  if (last !== "" || !text.endsWith("|") || cells.length === 0) cells.push(last)
  return cells
}
