import { createEffect, onCleanup } from "solid-js"
import { Flow } from "./flow/flow.ts"
import { pageStage } from "./flow/stage.ts"
import "./markdown.css"
import "./boxes.css"
import { MarkdownPage } from "./view/page.ts"

/**
 * A text in Markdown, drawn while it arrives. `text` must only ever grow while it is `streaming`; any other text is drawn
 * anew. Words from outside become text nodes and never HTML.
 */
export function Markdown(props: { text: () => string; streaming: () => boolean }) {
  const root = (<div class="prose" />) as HTMLDivElement
  const flow = new Flow(new MarkdownPage(root), pageStage())
  createEffect(() => flow.set(props.text(), props.streaming()))
  onCleanup(() => flow.stop())
  return root
}
