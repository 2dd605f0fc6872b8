import type { Token, State } from "./scan.ts"

/** Colours the lines of one language, each from the state the line before it ended in. */
export type Colouring = (line: string, state: State | undefined) => { tokens: readonly Token[]; state: State }

type Languages = { findColouring(language: string): Colouring | undefined }

let languages: Languages | undefined
let loading: Promise<void> | undefined

/**
 * The colouring of a language, if it is known. The first call loads the languages; until they are there `later` is kept
 * and then called, so that the block can be coloured.
 */
export function colouringOf(language: string, later: () => void): Colouring | undefined {
  if (languages) return languages.findColouring(language)
  loading ??= import("./languages.ts").then(
    (module) => void (languages = module),
    (error: unknown) => {
      // Code without colours is whole code; the next block tries again.
      loading = undefined
      console.warn("The colours for code could not be loaded.", error)
    },
  )
  void loading.then(() => {
    if (languages) later()
  })
  return undefined
}
