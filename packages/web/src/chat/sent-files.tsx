import { For, Show } from "solid-js"
import type { FilePart, Part } from "@omnichat/core/protocol/part"
import { Icon } from "../ui/icon.tsx"

/** The files of a message: images to look at, others to fetch. Only what this server keeps is ever loaded. */
export function SentFiles(props: { parts: readonly Part[] }) {
  const files = () => props.parts.filter((part) => part.type === "file")
  return (
    <Show when={files().length > 0}>
      <div class="sent-files">
        <For each={files()}>{(part) => <SentFile part={part} />}</For>
      </div>
    </Show>
  )
}

function SentFile(props: { part: FilePart }) {
  const name = () => props.part.filename ?? "File"
  const own = () => ownFile(props.part.url)
  return (
    <Show
      when={own()}
      fallback={
        <span class="file">
          <Icon name="file" small />
          <span class="name">{name()}</span>
        </span>
      }
    >
      {(url) => (
        <a
          class={props.part.mediaType.startsWith("image/") ? "image" : "file"}
          href={url()}
          download={name()}
          rel="external"
        >
          <Show
            when={props.part.mediaType.startsWith("image/")}
            fallback={
              <>
                <Icon name="file" small />
                <span class="name">{name()}</span>
              </>
            }
          >
            <img src={url()} alt={name()} loading="lazy" decoding="async" />
          </Show>
        </a>
      )}
    </Show>
  )
}

/** The address of a file of this server; undefined for any other. */
function ownFile(url: string): string | undefined {
  if (!URL.canParse(url, location.origin)) return undefined
  const { origin, pathname } = new URL(url, location.origin)
  return origin === location.origin && pathname.startsWith("/api/files/") ? pathname : undefined
}
