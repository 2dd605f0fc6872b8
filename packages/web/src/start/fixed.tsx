/** Stands where a button would: the environment has decided. */
export function Fixed(props: { by: string }) {
  return (
    <p class="fixed">
      Set by <code>{props.by}</code>
    </p>
  )
}
