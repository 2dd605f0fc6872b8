import { For, Show } from "solid-js"
import { describeSource, hasRealModel } from "../models/choice.ts"
import { useApp } from "../runtime/context.tsx"
import { Icon } from "../ui/icon.tsx"
import "./begin.css"

const ideas = [
  {
    name: "Explain an error",
    more: "paste the stack trace",
    words: "Explain this error and how to get rid of it:\n\n",
  },
  { name: "Summarise a document", more: "Markdown or plain text", words: "Summarise this in ten sentences:\n\n" },
  {
    name: "Write a regular expression",
    more: "with the cases it must not match",
    words: "Write a regular expression that matches ",
  },
  { name: "Weigh two options", more: "with what each of them costs later", words: "Help me decide between " },
]

/** A chat without words: what was found, and how one could begin. */
export function Begin(props: { temporary: boolean; onIdea: (words: string) => void }) {
  const app = useApp()
  const found = () => app.catalogue.state.sources.flatMap((source) => describeSource(source) ?? [])
  return (
    <div class="scroll" tabindex="0" role="region" aria-label="New chat">
      <div class="column begin">
        <h1>{props.temporary ? "A chat that leaves no trace" : "What is on your mind?"}</h1>
        <ul class="found" aria-label="Where models come from">
          <For each={found()}>
            {(source) => (
              <li>
                <span class="dot" classList={{ good: source.good }} />
                {source.text}
              </li>
            )}
          </For>
          <Show
            when={!app.account && app.catalogue.state.phase === "ready" && !hasRealModel(app.catalogue.state.models)}
          >
            <li>
              <a class="link" href="/start">
                Connect a model
              </a>
            </li>
          </Show>
        </ul>
        <div class="ideas">
          <For each={ideas}>
            {(idea) => (
              <button type="button" onClick={() => props.onIdea(idea.words)}>
                <div>
                  {idea.name} <span>{idea.more}</span>
                </div>
                <Icon name="go" />
              </button>
            )}
          </For>
        </div>
      </div>
    </div>
  )
}
