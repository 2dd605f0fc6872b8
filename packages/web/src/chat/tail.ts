/**
 * Whether the view follows the newest words: it does until the reader scrolls up, and again from when the end is in
 * sight. All numbers are pixels.
 */
export type Tail = { following: boolean; top: number; height: number }

export type View = { top: number; height: number; seen: number }

/** This near to the end counts as there. */
const near = 32

export function newTail(): Tail {
  return { following: true, top: 0, height: 0 }
}

/** After the view has been scrolled by whomever. */
export function scrolled(tail: Tail, view: View): Tail {
  const { top, height } = view
  // Up by hand. A page that has become shorter pushes the view up too, and that is no wish of the reader.
  const up = top < tail.top - 1 && height >= tail.height
  const following = up ? distance(view) <= 1 : tail.following || distance(view) <= near
  return { following, top, height }
}

/** How far the end is below what is seen. */
export function distance({ top, height, seen }: View): number {
  return height - seen - top
}
