import { deleteChat, getChat, listChats, patchChat } from "@omnichat/core/chat/chats"
import type { Ports } from "@omnichat/core/ports"
import { chatPatch } from "@omnichat/core/protocol/http"
import { chatId } from "@omnichat/core/protocol/id"
import { limits } from "@omnichat/core/protocol/limits"
import { readBody } from "./body.ts"
import { paging, pathId } from "./path.ts"
import type { Router } from "./router.ts"

/** The list of chats and each chat's summary (protocol H4, H5). */
export function addChats(router: Router, ports: Ports): void {
  router.on("GET", "/api/chats", "chat.list", async (c, actor) => c.json(await listChats(ports, actor, paging(c, 100))))

  router.on("GET", "/api/chats/:id", "chat.read", async (c, actor) =>
    c.json(await getChat(ports, actor, pathId(c, chatId, "chat"))),
  )

  router.on("PATCH", "/api/chats/:id", "chat.change", async (c, actor) => {
    const id = pathId(c, chatId, "chat")
    const patch = await readBody(c.req.raw, chatPatch, limits.jsonBody)
    return c.json(await patchChat(ports, actor, id, patch))
  })

  router.on("DELETE", "/api/chats/:id", "chat.delete", async (c, actor) => {
    await deleteChat(ports, actor, pathId(c, chatId, "chat"))
    return c.body(null, 204)
  })
}
