import type { Background } from "@omnichat/core/background"

export type PendingWork = {
  background: Background
  /** Resolves when nothing is left, of what came meanwhile neither. */
  settled(): Promise<void>
}

/** Keeps what no answer waits for until a function is about to end: after that Lambda stops its process. */
export function collectWork(): PendingWork {
  const pending = new Set<Promise<void>>()
  return {
    background(work) {
      const kept = work.finally(() => pending.delete(kept))
      pending.add(kept)
    },
    async settled() {
      while (pending.size > 0) await Promise.all(pending)
    },
  }
}

/** Runs until the work is done and what it left behind is. No timer of ours would keep the process alive by itself. */
export async function untilSettled<T>(pending: Pick<PendingWork, "settled">, work: () => Promise<T>): Promise<T> {
  const awake = setInterval(() => {}, 2 ** 30)
  try {
    return await work()
  } finally {
    await pending.settled()
    clearInterval(awake)
  }
}
