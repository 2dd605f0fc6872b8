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
  "look-after-leaving": {
    rule: "that whoever leaves the wheel looks once more for those who found it taken",
    file: pool("drive.ts"),
    cut: "      return (await readPool(table)).waiting.length === 0\n",
    put: "      return true\n",
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
  "start-once": {
    rule: "that servers are started once for all who wait",
    file: pool("store.ts"),
    cut: "await ifTrue(table.update(keys.pool(), change, { if: [free] }))",
    put: "await ifTrue(table.update(keys.pool(), change, {}))",
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
