/** One field of a server-sent event, from a line: `data: {…}`. Undefined for an empty line or a comment. */
export function eventField(line: string): { name: string; value: string } | undefined {
  const colon = line.indexOf(":")
  if (colon === 0 || line === "") return undefined
  if (colon === -1) return { name: line, value: "" }
  return { name: line.slice(0, colon), value: line.slice(line[colon + 1] === " " ? colon + 2 : colon + 1) }
}
