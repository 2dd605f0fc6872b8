import { spawn } from "node:child_process"

/** Whether a browser could show itself to somebody here. */
export function hasScreen(env: Record<string, string | undefined>): boolean {
  if (process.platform !== "linux") return true
  return (env["DISPLAY"] ?? "") !== "" || (env["WAYLAND_DISPLAY"] ?? "") !== ""
}

/** Opens the address in the browser, if there is one; that there is none is no error. `url` is ours, never sent in. */
export function openBrowser(url: string): void {
  const [command, ...parameters] = opener(url)
  const child = spawn(command, parameters, { stdio: "ignore", detached: true })
  child.on("error", () => undefined) // no such command: the address stands in the terminal
  child.unref()
}

function opener(url: string): [string, ...string[]] {
  if (process.platform === "darwin") return ["open", url]
  if (process.platform === "win32") return ["rundll32", "url.dll,FileProtocolHandler", url]
  return ["xdg-open", url]
}
