import type { FileId } from "@omnichat/core/protocol/id"
import type { FilePart, Part } from "@omnichat/core/protocol/part"
import { For, Show } from "solid-js"
import { useApp } from "../runtime/context.tsx"
import { saveFile } from "../runtime/file-source.ts"
import { Icon } from "../ui/icon.tsx"
import { OwnPicture } from "./own-picture.tsx"

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
      {(id) => <OwnFile id={id()} name={name()} isImage={props.part.mediaType.startsWith("image/")} />}
    </Show>
  )
}

function OwnFile(props: { id: FileId; name: string; isImage: boolean }) {
  const app = useApp()
  /** A link can show no token, so here the click fetches it. */
  const save = (event: MouseEvent) => {
    if (app.files.address(props.id) !== undefined) return
    event.preventDefault()
    saveFile(app.files, props.id, props.name).catch((thrown: unknown) =>
      app.notices.show({ text: `${props.name} was not fetched: ${thrown instanceof Error ? thrown.message : "?"}` }),
    )
  }
  return (
    <a
      class={props.isImage ? "image" : "file"}
      href={app.client.http.fileUrl(props.id)}
      download={props.name}
      rel="external"
      onClick={save}
      onAuxClick={save}
    >
      <Show
        when={props.isImage}
        fallback={
          <>
            <Icon name="file" small />
            <span class="name">{props.name}</span>
          </>
        }
      >
        <OwnPicture id={props.id} name={props.name} />
      </Show>
    </a>
  )
}

/** The file of this server that has this address; undefined for any other. */
function ownFile(url: string): FileId | undefined {
  if (!URL.canParse(url, location.origin)) return undefined
  const { origin, pathname } = new URL(url, location.origin)
  const [, id] = /^\/api\/files\/(fil_[0-9A-HJKMNP-TV-Z]{26})$/.exec(pathname) ?? []
  return origin === location.origin ? (id as FileId | undefined) : undefined
}
