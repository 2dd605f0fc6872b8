/** @param {number} dollars */
export function money(dollars) {
  return dollars === 0 ? "$0" : `$${dollars.toFixed(dollars < 0.1 ? 4 : 2)}`
}

/** @param {string[][]} rows */
export const table = (rows) => rows.map((cells) => `| ${cells.join(" | ")} |`).join("\n")
