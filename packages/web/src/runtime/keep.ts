/**
 * What this browser keeps: small JSON values under `omnichat.`. It never throws: without storage (a private window, a
 * full disk) values live as long as the page. What is read back is `unknown`, since any version or hand may have
 * written it.
 */
export interface Keep {
  read(key: string): unknown
  write(key: string, value: unknown): void
  remove(key: string): void
}

export const keepPrefix = "omnichat."

export function createKeep(area?: Pick<Storage, "getItem" | "setItem" | "removeItem">): Keep {
  const memory = new Map<string, string>()
  return {
    read(key) {
      const text = memory.get(key) ?? attempt(() => area?.getItem(keepPrefix + key) ?? undefined)
      return text === undefined ? undefined : attempt(() => JSON.parse(text) as unknown)
    },
    write(key, value) {
      const text = JSON.stringify(value)
      const kept = attempt(() => {
        area?.setItem(keepPrefix + key, text)
        return area !== undefined
      })
      if (kept) memory.delete(key)
      else memory.set(key, text)
    },
    remove(key) {
      memory.delete(key)
      attempt(() => area?.removeItem(keepPrefix + key))
    },
  }
}

/** The browser's own storage; asking for it can throw where it is forbidden. */
export function browserKeep(): Keep {
  return createKeep(attempt(() => window.localStorage))
}

function attempt<T>(action: () => T): T | undefined {
  try {
    return action()
  } catch {
    // Forbidden, full or damaged storage: the caller goes on as if nothing were kept.
    return undefined
  }
}
