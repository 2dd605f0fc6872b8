import type { Rolldown } from "vite"

type Chunking = Parameters<Rolldown.CodeSplittingNameFunction>[1]

/**
 * One file holds all that `entry` imports before anything is asked for later. By itself the bundler makes a file of each
 * part that a later one shares with it: more requests, and bytes that compress worse.
 */
export function firstLoad(entry: string): Rolldown.CodeSplittingNameFunction {
  let first: Set<string> | undefined
  return (id, chunking) => {
    first ??= importedBy(entry, chunking)
    return first.has(id) ? "index" : null
  }
}

function importedBy(entry: string, chunking: Chunking): Set<string> {
  const found = new Set([entry])
  for (const id of found) {
    for (const imported of chunking.getModuleInfo(id)?.importedIds ?? []) found.add(imported)
  }
  return found
}
