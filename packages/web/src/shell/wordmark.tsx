/** The name, and the caret that stands for all that is alive here. */
export function Wordmark() {
  return (
    <span class="wordmark">
      OmniChat
      <span class="caret" aria-hidden="true" />
    </span>
  )
}
