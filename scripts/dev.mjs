// `npm run dev`: installs what is missing, then serves the sources as they change.
import { installMissing, orSayWhy } from "./setup/prepare.mjs"

await orSayWhy(installMissing)
await import("./dev/servers.mjs")
