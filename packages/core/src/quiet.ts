/** A failure is told to whoever awaits the promise, and is no surprise when nobody does. */
export function quiet<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {})
  return promise
}
