import type { Wake } from "@omnichat/core/run/wake"

/** Hints within this process. */
export function createWake(): Wake {
  const listeners = new Map<string, Set<() => void>>()
  return {
    notify(topic) {
      // a copy: a listener may end its listening, or begin one, while it is called
      for (const listener of [...(listeners.get(topic) ?? [])]) listener()
    },
    isHeard: (topic) => listeners.has(topic),
    listen(topic, listener) {
      const own = () => listener() // so that one function listening twice is two listeners
      const those = listeners.get(topic) ?? new Set()
      listeners.set(topic, those.add(own))
      return () => {
        those.delete(own)
        if (those.size === 0 && listeners.get(topic) === those) listeners.delete(topic)
      }
    },
  }
}
