export function Markdown(props: { text: () => string; streaming: () => boolean }) {
  return <div class="prose"><p style={{ "white-space": "pre-wrap" }}>{props.text()}{props.streaming() ? <span class="caret" /> : null}</p></div>
}
