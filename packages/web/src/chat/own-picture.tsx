import type { FileId } from "@omnichat/core/protocol/id"
import { useApp } from "../runtime/context.tsx"
import { createFileSource } from "../runtime/file-source.ts"

/** A picture that this server keeps. */
export function OwnPicture(props: { id: FileId; name: string }) {
  const source = createFileSource(useApp().files, () => props.id)
  return <img src={source()} alt={props.name} loading="lazy" decoding="async" />
}
