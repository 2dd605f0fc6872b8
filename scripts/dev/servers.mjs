// The server, built anew and started again at each change, and Vite's server with the web app in front of it.
import { spawn } from "node:child_process"
import { join } from "node:path"
import { watch } from "rolldown"
import { createServer } from "vite"
import { serverBundle } from "../build.mjs"
import { workspaceRoot } from "../lib/files.mjs"
import { parts, removeStamp } from "../setup/stamps.mjs"

const port = process.env["PORT"] ?? "3000"
const server = `http://127.0.0.1:${port}`
process.env["OMNICHAT_SERVER"] = server

/** @type {import("node:child_process").ChildProcess | undefined} */
let running
let ending = false

// What is built here has no stamp: `npm start` builds its own.
removeStamp(workspaceRoot, "server")
const watcher = watch(serverBundle(workspaceRoot))
watcher.on("event", async (event) => {
  if (event.code === "ERROR") console.error(event.error.message)
  if (event.code === "BUNDLE_END" || event.code === "ERROR") await event.result.close()
  if (event.code === "BUNDLE_END" && !ending) await restart()
})

const web = await createServer({
  root: join(workspaceRoot, "packages/web"),
  server: { host: "127.0.0.1", port: 5173, strictPort: true },
  plugins: [
    { name: "socket-by-proxy", configureServer: (vite) => void vite.middlewares.use("/api/config", socketByProxy) },
  ],
})
await web.listen()
web.printUrls()

for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => void end())

async function end() {
  ending = true
  await Promise.all([watcher.close(), web.close(), stop()])
}

async function restart() {
  await stop()
  const entry = join(workspaceRoot, parts.server.into, "server.js")
  running = spawn(process.execPath, ["--enable-source-maps", entry], {
    env: { ...process.env, PORT: port, OMNICHAT_OPEN: "0" },
    stdio: "inherit",
  })
}

async function stop() {
  const child = running
  running = undefined
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise((resolve) => child.once("exit", resolve))
  child.kill("SIGTERM")
  await gone
}

/**
 * The page comes from Vite, so its socket has to go there too: the server takes no other origin than its own, and
 * Vite's proxy speaks to it in its name.
 * @type {import("vite").Connect.NextHandleFunction}
 */
function socketByProxy(request, response, next) {
  const answer = async () => {
    const config = /** @type {object} */ (await (await fetch(`${server}/api/config`)).json())
    response.setHeader("content-type", "application/json")
    response.end(JSON.stringify({ ...config, socketUrl: `ws://${request.headers.host}/socket` }))
  }
  answer().catch(next)
}
