// `npm start`: sets up what is missing, then becomes the server. Node's own modules only, until all is installed.
// package.json says `exec node …` so that npm's signals reach this process and no shell that would leave it behind;
// where the shell has no `exec` (Windows), the words after `||` do.
import { orSayWhy, prepare } from "./setup/prepare.mjs"

await orSayWhy(prepare)
// In this same process: signals and the exit code are the server's own, and no second Node has to start.
process.setSourceMapsEnabled(true)
await import(new URL("../packages/local/dist/server.js", import.meta.url).href)
