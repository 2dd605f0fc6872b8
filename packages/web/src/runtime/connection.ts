import type { Client, ConnectionState } from "@omnichat/client/client"
import type { MakeHolder } from "./holder.ts"

/** A break that heals within this time (ms) is not worth a word. */
const patience = 800

export type ConnectionView = {
  now: ConnectionState
  /** The reader should know that there is no connection. */
  broken: boolean
}

/** Watches the connection; `opened` is called whenever there is one, and told whether there was one before. */
export function watchConnection(client: Client, hold: MakeHolder, opened: (again: boolean) => void): ConnectionView {
  const holder = hold<ConnectionView>({ now: client.connection, broken: false })
  let timer: ReturnType<typeof setTimeout> | undefined
  let wasOpen = client.connection === "open"
  client.onConnection((now) => {
    clearTimeout(timer)
    const open = now === "open"
    holder.change((draft) => {
      draft.now = now
      if (open) draft.broken = false
    })
    if (open) {
      opened(wasOpen)
      wasOpen = true
    } else timer = setTimeout(() => holder.change((draft) => void (draft.broken = true)), patience)
  })
  return holder.state
}
