import { fileURLToPath } from "node:url"

/**
 * The rules of the run engine, each taken out of the source by itself. A place that is not found exactly once is an error:
 * the rule has moved, and its mutant must follow it.
 */
export type Mutant = {
  rule: string
  file: string
  cut: string
  put: string
  /** In the name of the test that notices it: the other one would play all its schedules for nothing. */
  noticed: "while nothing fails" | "when workers die"
}

const engine = (file: string): string => fileURLToPath(new URL(`../../packages/core/src/run/${file}`, import.meta.url))

export const mutants: Record<string, Mutant> = {
  "write-ahead": {
    rule: "1: no event is sent before the journal holds it",
    file: engine("writer.ts"),
    cut: "    await this.#insist(() => append(this.#ports.table, this.#record.runId, batch, this.#expiresAt()))\n    this.#made(batch)\n",
    put: "    this.#made(batch)\n    await this.#insist(() => append(this.#ports.table, this.#record.runId, batch, this.#expiresAt()))\n",
    noticed: "while nothing fails",
  },
  fence: {
    rule: "2: a batch is put only if nobody else has put one there",
    file: engine("journal.ts"),
    cut: '    if: [{ absent: "pk" }],\n',
    put: "",
    noticed: "when workers die",
  },
  "append-then-read": {
    rule: "5: after each append, the last one too, the worker reads the followers",
    file: engine("execute.ts"),
    cut: "    await Promise.race([this.#flags.read(), patience])\n    await this.#pumps.drain()\n",
    put: "    await this.#pumps.drain()\n",
    noticed: "while nothing fails",
  },
  "register-unfinished": {
    rule: "6: a follower is registered only while the run is unfinished, and replayed to afterwards",
    file: engine("store.ts"),
    cut: "{ set: { [`followers.${connectionId}`]: follower } }, { if: [unfinished] }",
    put: '{ set: { [`followers.${connectionId}`]: follower } }, { if: [{ exists: "pk" }] }',
    noticed: "while nothing fails",
  },
  "first-turn-alone": {
    rule: "that nobody but its start writes to the journal of a run before it was taken",
    file: engine("tick.ts"),
    cut: "  if (seen.turn === 0) return false\n",
    put: "",
    noticed: "while nothing fails",
  },
}

/** A Vite plugin that serves the engine with one rule taken out. */
export function mutation(name: string) {
  const mutant = mutants[name]
  if (!mutant) throw new Error(`there is no mutant ${name}; there are ${Object.keys(mutants).join(", ")}`)
  return {
    name: "mutation",
    enforce: "pre" as const,
    transform(code: string, id: string) {
      return id.split("?")[0] === mutant.file ? mutate(code, mutant) : undefined
    },
  }
}

export function mutate(code: string, mutant: Omit<Mutant, "noticed">): string {
  const pieces = code.split(mutant.cut)
  if (pieces.length !== 2)
    throw new Error(`${mutant.file} holds the place of rule ${mutant.rule} ${pieces.length - 1} times`)
  return pieces.join(mutant.put)
}
