import { createClient } from "@omnichat/client/client"
import type { Config } from "@omnichat/core/protocol/http"
import { render } from "solid-js/web"

/** How soon one asks again by oneself (ms). */
const again = 5000

/** Where the service runs, and how one signs in there. While it does not say, the page does. */
export async function readConfig(root: HTMLElement): Promise<Config> {
  const { http } = createClient()
  for (;;) {
    try {
      return await http.config()
    } catch {
      // Whatever it was, without this answer nothing else can be shown.
      await new Promise<void>((resolve) => showUnreached(root, resolve))
    }
  }
}

function showUnreached(root: HTMLElement, tryAgain: () => void): void {
  const over = () => {
    clearTimeout(timer)
    window.removeEventListener("online", over)
    dispose()
    tryAgain()
  }
  const timer = setTimeout(over, again)
  window.addEventListener("online", over)
  const dispose = render(
    () => (
      <main class="column blank">
        <h1>The service was not reached</h1>
        <p role="status">It is tried again every few seconds.</p>
        <button type="button" class="button strong" onClick={over}>
          Try again
        </button>
      </main>
    ),
    root,
  )
}
