import type { Row } from "./row.ts"

/** The rows as one Markdown table, with their notes numbered below it. */
export function asMarkdown(rows: Row[]): string {
  const notes = [...new Set(rows.flatMap((row) => row.notes ?? []))]
  const lines = rows.map((row) => {
    const marks = (row.notes ?? []).map((note) => ` [${notes.indexOf(note) + 1}]`).join("")
    const cells = [row.figure, `**${row.measured}**${marks}`, row.goal, verdict(row), row.peers ?? ""]
    return `| ${cells.map((cell) => cell.replaceAll("|", "\\|").replaceAll("\n", " ")).join(" | ")} |`
  })
  const table = ["| figure | measured | goal | reached | others |", "| --- | --- | --- | --- | --- |", ...lines]
  const numbered = notes.map((note, at) => `${at + 1}. ${note}`)
  return [...table, ...(numbered.length > 0 ? ["", ...numbered] : [])].join("\n")
}

function verdict({ reached }: Row): string {
  if (reached === undefined) return "–"
  return reached ? "yes" : "**no**"
}
