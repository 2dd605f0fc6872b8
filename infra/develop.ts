import { siteUrl } from "./web.ts"

/** With `sst dev` the page comes from its sources here, and asks the stage's API for the rest. */
if ($dev) {
  new sst.x.DevCommand("WebPage", {
    dev: { autostart: true, command: "npm run dev -w @omnichat/web" },
    environment: { OMNICHAT_SERVER: siteUrl },
  })
}
