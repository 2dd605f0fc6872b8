import { fileURLToPath } from "node:url"
import type { Mutant } from "../support/mutation.ts"

const engine = (file: string): string => fileURLToPath(new URL(`../../packages/core/src/run/${file}`, import.meta.url))

/** The rules of the run engine. */
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
