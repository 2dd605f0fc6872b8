import type { IconName } from "./icon-names.ts"

export type { IconName } from "./icon-names.ts"

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
