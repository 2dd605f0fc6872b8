import { For, Show } from "solid-js"
import type { Part } from "@omnichat/core/protocol/part"

/** What an answer refers to. Only addresses of the web are links, and none is opened or loaded by itself. */
export function Sources(props: { parts: readonly Part[] }) {
  const list = () => props.parts.filter((part) => part.type === "source-url" || part.type === "source-document")
  return (
    <Show when={list().length > 0}>
      <ul class="sources" aria-label="Sources">
        <For each={list()}>
          {(part) => (
            <li>
              <Show when={part.type === "source-url" && web(part.url)} fallback={part.title ?? "Source"}>
                {(url) => (
                  <a class="link" href={url()} target="_blank" rel="noopener noreferrer external">
                    {part.title ?? new URL(url()).host}
                  </a>
                )}
              </Show>
            </li>
          )}
        </For>
      </ul>
    </Show>
  )
}

function web(url: string): string | undefined {
  return URL.canParse(url) && /^https?:$/.test(new URL(url).protocol) ? url : undefined
}
