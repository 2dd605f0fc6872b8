import { fileURLToPath } from "node:url"
import { mutate } from "../chaos/mutants.ts"
import type { Mutant } from "../chaos/mutants.ts"

const pool = (file: string): string => fileURLToPath(new URL(`../../packages/core/src/pool/${file}`, import.meta.url))

/** `noticed`: in the name of the test that notices it. */
type PoolMutant = Omit<Mutant, "noticed"> & { noticed: string }

/** What keeps the pool's promises, each taken out of the source by itself. */
export const mutants: Record<string, PoolMutant> = {
  "slot-on-revision": {
    rule: "that a place is taken on the revision of the server that was seen",
    file: pool("store.ts"),
    cut: '  return conditional(table, seen.nodeId, whole, [{ equals: ["rev", seen.rev] }])\n',
    put: '  return conditional(table, seen.nodeId, whole, [{ exists: "pk" }])\n',
    noticed: "while nothing fails",
  },
  "only-before-words": {
    rule: "that nothing is asked elsewhere once something was said",
    file: pool("provider.ts"),
    cut: "if (signal.aborted || answer.begun || !",
    put: "if (signal.aborted || !",
    noticed: "when servers, agents",
  },
  "leases-end": {
    rule: "that the place of a worker that died ends by itself",
    file: pool("condition.ts"),
    cut: ".filter(([, slot]) => slot.until > now)",
    put: "",
    noticed: "when servers, agents",
  },
  "told-of-failure": {
    rule: "that who waits for a server hears that none could be started",
    file: pool("call.ts"),
    cut: "return failed !== undefined && failed.at >= entry.since ?",
    put: "return failed !== undefined && failed.at < 0 ?",
    noticed: "starts servers once",
  },
}

/** A Vite plugin that serves the pool with one of them taken out. */
export function mutation(name: string) {
  const mutant = mutants[name]
  if (!mutant) throw new Error(`there is no mutant ${name}; there are ${Object.keys(mutants).join(", ")}`)
  return {
    name: "mutation",
    enforce: "pre" as const,
    transform: (code: string, id: string) => (id.split("?")[0] === mutant.file ? mutate(code, mutant) : undefined),
  }
}
