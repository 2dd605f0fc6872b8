import { fileURLToPath } from "node:url"
import { describe } from "@omnichat/core/log"
import { StoreUnavailable } from "@omnichat/core/store/table"
import { hasScreen, openBrowser } from "./browser.ts"
import { CannotStart } from "./http/cannot-listen.ts"
import { createLog } from "@omnichat/functions/log"
import { startServer } from "./server.ts"
import type { RunningServer } from "./server.ts"
import { readSettings, WrongSettings } from "./settings.ts"
import { onSignal } from "./stop.ts"
import { version } from "@omnichat/functions/version"
import { modelsFound, refused, stopped, stopping, welcome } from "./words.ts"

/** The entry of `npm start`, built to `packages/local/dist/server.js` with SQLite's thread beside it. */
const build = {
  webFolder: fileURLToPath(new URL("../../web/dist", import.meta.url)),
  threadEntry: new URL("./sqlite-thread.js", import.meta.url),
  version,
}

const say = (text: string): void => void process.stdout.write(text)
const complain = (text: string): void => void process.stderr.write(text)

async function main(): Promise<void> {
  const surroundings = { terminal: process.stdout.isTTY, screen: hasScreen(process.env) }
  const settings = readSettings(process.env, surroundings)
  const log = createLog(settings.logLevel, complain)
  const server = await startServer(settings, build, log)
  stopOnSignals(server)
  say(welcome(server, settings))
  if (settings.openBrowser) openBrowser(server.url)
  say(modelsFound(await server.sources()))
}

function stopOnSignals(server: RunningServer): void {
  const stop = async (): Promise<void> => {
    say(stopping(server.activeRuns()))
    await server.close()
    say(stopped())
    process.exit(0)
  }
  const told = onSignal(
    () => void stop().catch(fail),
    () => process.exit(1),
    () => performance.now(),
  )
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, told)
}

function fail(thrown: unknown): never {
  if (thrown instanceof WrongSettings) complain(refused("A setting is wrong:", thrown.problems))
  else if (thrown instanceof CannotStart || thrown instanceof StoreUnavailable) {
    complain(refused("OmniChat cannot start.", [thrown.message]))
  } else complain(refused("OmniChat failed.", [thrown instanceof Error ? (thrown.stack ?? "") : describe(thrown)]))
  process.exit(1)
}

// nobody reads any more: a closed terminal or log is no reason to end
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined)
main().catch(fail)
