import { createFile, downloadFile } from "@omnichat/core/file/files"
import type { Ports } from "@omnichat/core/ports"
import { fileCreate } from "@omnichat/core/protocol/http"
import { fileId } from "@omnichat/core/protocol/id"
import { limits } from "@omnichat/core/protocol/limits"
import { readBody } from "./body.ts"
import { pathId } from "./path.ts"
import type { Router } from "./router.ts"

/** Files beside messages (protocol H7). What a user made is never shown inline from the app's origin: always a download. */
export function addFiles(router: Router, ports: Ports): void {
  router.on("POST", "/api/files", "file.create", async (c, actor) => {
    const { id, upload } = await createFile(ports, actor, await readBody(c.req.raw, fileCreate, limits.jsonBody))
    // one machine gives a path of its own, which is good at whatever name of ours the client came by
    return c.json({ id, upload: { ...upload, url: new URL(upload.url, c.req.url).href } }, 201)
  })

  router.on("GET", "/api/files/:id", "file.read", async (c, actor) => {
    const found = await downloadFile(ports, actor, pathId(c, fileId, "file"), attachment)
    // the address is a right of its own, which no cache may keep
    if ("url" in found) return c.body(null, 302, { location: found.url, "cache-control": "no-store" })
    const { name, mediaType, bytes } = found
    return new Response(new Uint8Array(bytes), {
      headers: {
        "content-type": mediaType.startsWith("text/") ? `${mediaType}; charset=utf-8` : mediaType,
        "content-length": String(bytes.length),
        "content-disposition": attachment(name),
        "cache-control": "private, max-age=3600",
        "content-security-policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
      },
    })
  })
}

/** RFC 6266: a plain name for the old, the true one in UTF-8 for everybody else. */
function attachment(name: string): string {
  const plain = name.replace(/[^\x20-\x7e]|["\\%]/g, "_")
  const encoded = encodeURIComponent(name).replace(
    /['()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`
}
