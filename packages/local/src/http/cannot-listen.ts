import { request } from "node:http"
import { describe } from "@omnichat/core/log"

/** Why the server cannot start, for the person who started it. */
export class CannotStart extends Error {
  override name = "CannotStart"
}

/** What a failure to listen means, and what to do. */
export async function cannotListen(at: { host: string; port: number }, error: unknown): Promise<CannotStart> {
  const code = error instanceof Error && "code" in error ? error.code : undefined
  const another = `PORT=${at.port < 65_535 ? at.port + 1 : 3000} npm start`
  if (code === "EADDRINUSE") {
    const message = (await isOmniChat(at))
      ? `OmniChat is running at http://${at.host}:${at.port} already: port ${at.port} is in use. Open that address, or ` +
        `stop it first. To start a second one beside it, give it another port and folder: OMNICHAT_DATA=~/second ${another}`
      : `Port ${at.port} is in use by another program. Choose another port: ${another}`
    return new CannotStart(message, { cause: error })
  }
  if (code === "EACCES") {
    return new CannotStart(`This user may not use port ${at.port}. Choose one above 1023: PORT=3000 npm start`, {
      cause: error,
    })
  }
  return new CannotStart(`The server cannot listen at ${at.host}:${at.port}: ${describe(error)}`, { cause: error })
}

/** Whether what answers there is one of us. */
function isOmniChat({ host, port }: { host: string; port: number }): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = request({ host, port, path: "/health", timeout: 500 }, (response) => {
      let text = ""
      response.setEncoding("utf8")
      response.on("data", (chunk: string) => {
        text += chunk
        if (text.length > 1000) response.destroy()
      })
      response.on("close", () => resolve(text.includes('"service":"omnichat"')))
    })
    asked.on("timeout", () => asked.destroy())
    asked.on("error", () => resolve(false)) // whoever it is, it is not us
    asked.end()
  })
}
