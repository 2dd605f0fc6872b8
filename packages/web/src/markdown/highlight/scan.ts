/** The hues of code: word (keywords), text, number, and quiet (comments). */
export type Hue = "k" | "s" | "n" | "c"
export type Token = { readonly text: string; readonly hue: Hue | undefined }

/** One thing a place in the code may be. The pattern holds no capturing group. */
export type Rule = {
  readonly pattern: string
  readonly hue?: Hue | ((text: string) => Hue | undefined)
  /** The part of the grammar that begins behind it. */
  readonly push?: string
  /** It ends the part it stands in. */
  readonly pop?: true
}
/** Rules by part; the code begins in `main`. A part with a `hue` gives it to all that no rule names. */
export type Grammar = { readonly [part: string]: { readonly hue?: Hue; readonly rules: readonly Rule[] } }

/** The parts that are open where a line ends, innermost last. */
export type State = readonly string[]

type Part = { readonly hue: Hue | undefined; readonly rules: readonly Rule[]; readonly pattern: RegExp }
export type Compiled = ReadonlyMap<string, Part>

const start: State = ["main"]
const deepest = 50

export function compile(grammar: Grammar): Compiled {
  const parts = Object.entries(grammar).map(([name, { hue, rules }]): [string, Part] => {
    const pattern = new RegExp(rules.map((rule) => `(${rule.pattern})`).join("|"), "gu")
    return [name, { hue, rules, pattern }]
  })
  return new Map(parts)
}

/** Reads one line. Every pattern ends within the line, so the time is bounded by its length. */
export function scanLine(grammar: Compiled, line: string, from: State = start): { tokens: Token[]; state: State } {
  const tokens: Token[] = []
  let state = from
  let at = 0
  const add = (text: string, hue: Hue | undefined) => {
    const last = tokens.at(-1)
    if (last && last.hue === hue) tokens[tokens.length - 1] = { text: last.text + text, hue }
    else if (text !== "") tokens.push({ text, hue })
  }
  for (;;) {
    const part = grammar.get(state.at(-1) ?? "main")
    if (!part) return { tokens, state }
    part.pattern.lastIndex = at
    const found = part.pattern.exec(line)
    if (!found) {
      add(line.slice(at), part.hue)
      return { tokens, state }
    }
    add(line.slice(at, found.index), part.hue)
    const text = found[0]
    const rule = part.rules[found.findIndex((group, index) => index > 0 && group !== undefined) - 1]
    const hue = typeof rule?.hue === "function" ? rule.hue(text) : rule?.hue
    add(text, hue ?? part.hue)
    at = found.index + text.length
    if (rule?.pop && state.length > 1) state = state.slice(0, -1)
    if (rule?.push && state.length < deepest) state = [...state, rule.push]
    // An empty match that leaves the state as it was would be found for ever.
    if (text === "" && !rule?.pop && !rule?.push) at++
  }
}
