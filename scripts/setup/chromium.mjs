import { existsSync } from "node:fs"
import { capture } from "../lib/run.mjs"

/** Where Debian puts the browser that the tests drive. */
const chromium = "/usr/bin/chromium"

export const hasChromium = () => existsSync(chromium)

/**
 * Installs Debian's Chromium, when we may.
 * @throws with the command to run when we may not, or when it failed
 */
export async function installChromium() {
  if (process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) {
    throw new Error(
      `The browser tests need Chromium at ${chromium}, which only root may install. Run:\n  sudo apt-get update && sudo apt-get install -y chromium`,
    )
  }
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" }
  for (const args of [["update"], ["install", "-y", "chromium"]]) {
    const { code, output } = await capture("apt-get", args, { env })
    if (code !== 0) {
      const said = output.trim().split("\n").slice(-8).join("\n")
      throw new Error(`Chromium could not be installed: apt-get ${args.join(" ")} ended with ${code}.\n${said}`)
    }
  }
}
