/** There is no keyboard but the one on the screen, as far as can be known. */
export function isGlass(): boolean {
  return matchMedia("(hover: none) and (pointer: coarse)").matches
}
