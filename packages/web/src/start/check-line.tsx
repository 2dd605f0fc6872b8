import type { Check } from "./checks.ts"

/** A live check: its dot breathes while it looks and turns green when something is there. */
export function CheckLine(props: { check: Check; quiet?: boolean }) {
  return (
    <p class="check" role={props.quiet ? undefined : "status"} data-state={props.quiet ? undefined : props.check.state}>
      <span
        class="dot"
        classList={{
          alive: props.check.state === "looking",
          good: props.check.state === "found",
          bad: props.check.state === "wrong",
        }}
      />
      <span>{props.check.text}</span>
    </p>
  )
}
