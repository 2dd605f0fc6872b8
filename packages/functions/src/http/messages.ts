import { listMessages } from "@omnichat/core/chat/chats"
import type { Ports } from "@omnichat/core/ports"
import { chatId } from "@omnichat/core/protocol/id"
import { paging, pathId } from "./path.ts"
import type { Router } from "./router.ts"

/** The messages of a chat, newest first (protocol H6). */
export function addMessages(router: Router, ports: Ports): void {
  router.on("GET", "/api/chats/:id/messages", "message.list", async (c, actor) =>
    c.json(await listMessages(ports, actor, pathId(c, chatId, "chat"), paging(c, 200))),
  )
}
