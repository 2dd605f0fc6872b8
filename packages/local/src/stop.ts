/** Ctrl-C reaches this process from the terminal and once more through npm; what comes so soon is no second wish. */
const sameWishWithinMs = 300

/**
 * What to call at each signal to end: the first one stops, later ones exit at once, whatever is still under way.
 *
 * @param now milliseconds that never go back
 */
export function onSignal(stop: () => void, exitAtOnce: () => void, now: () => number): () => void {
  let firstAt: number | undefined
  return () => {
    if (firstAt === undefined) {
      firstAt = now()
      stop()
    } else if (now() - firstAt > sameWishWithinMs) exitAtOnce()
  }
}
