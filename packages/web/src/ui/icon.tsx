/** The names of the icons drawn in index.html; a 20 px grid, 1.5 px strokes with round ends. */
export const iconNames = [
  "compose",
  "search",
  "panel",
  "menu",
  "down",
  "left",
  "right",
  "copy",
  "edit",
  "check",
  "again",
  "dots",
  "stop",
  "up",
  "tail",
  "go",
  "plus",
  "sliders",
  "theme",
  "eye",
  "tool",
  "think",
  "cloud",
  "machine",
  "compass",
  "alert",
  "clock",
  "chat",
  "swap",
  "get",
  "close",
  "file",
  "trash",
  "image",
  "keys",
  "plug",
  "veil",
] as const
export type IconName = (typeof iconNames)[number]

/** An icon beside its words, or in a button that has a label of its own: it is never read out. */
export function Icon(props: { name: IconName; small?: boolean; class?: string }) {
  return (
    <svg
      classList={{ icon: true, small: props.small === true, [props.class ?? ""]: props.class !== undefined }}
      aria-hidden="true"
    >
      <use href={`#i-${props.name}`} />
    </svg>
  )
}
