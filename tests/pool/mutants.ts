import { fileURLToPath } from "node:url"
import type { Mutant } from "../support/mutation.ts"

const pool = (file: string): string => fileURLToPath(new URL(`../../packages/core/src/pool/${file}`, import.meta.url))

/** What keeps the pool's promises, each taken out of the source by itself. */
export const mutants: Record<string, Mutant> = {
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
