/**
 * A rule taken out of the source by itself. A place that is not found exactly once is an error: the rule has moved, and
 * its mutant must follow it.
 */
export type Mutant = {
  rule: string
  file: string
  cut: string
  put: string
  /** In the name of the test that notices it: the others would play all their schedules for nothing. */
  noticed: string
}

/** A Vite plugin that serves the source with one of these rules taken out. */
export function mutation(mutants: Record<string, Mutant>, name: string) {
  const mutant = mutants[name]
  if (!mutant) throw new Error(`there is no mutant ${name}; there are ${Object.keys(mutants).join(", ")}`)
  return {
    name: "mutation",
    enforce: "pre" as const,
    transform: (code: string, id: string) => (id.split("?")[0] === mutant.file ? mutate(code, mutant) : undefined),
  }
}

function mutate(code: string, { file, rule, cut, put }: Mutant): string {
  const pieces = code.split(cut)
  if (pieces.length !== 2) throw new Error(`${file} holds the place of rule ${rule} ${pieces.length - 1} times`)
  return pieces.join(put)
}
