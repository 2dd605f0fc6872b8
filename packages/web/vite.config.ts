/// <reference types="vitest/config" />
import { join } from "node:path"
import { defineConfig } from "vite"
import solid from "vite-plugin-solid"
import { firstLoad } from "./first-load.ts"
import { precompress } from "./precompress.ts"
import { leaveOutUnusedSchemas } from "./unused-schemas.ts"

/** Where `npm run dev` finds the server's API; the built app is served by that server itself. */
const server = process.env["OMNICHAT_SERVER"] ?? "http://127.0.0.1:3000"

/** The server refuses foreign origins, and to it the development server is one. */
const proxy = { target: server, changeOrigin: true, ws: true, headers: { origin: server } }

export default defineConfig({
  root: import.meta.dirname,
  plugins: [solid(), leaveOutUnusedSchemas(), precompress()],
  server: { proxy: { "/api": proxy, "/socket": proxy } },
  // What is tested needs no page: the components only draw.
  test: { environment: "node" },
  build: {
    target: ["chrome123", "firefox121", "safari17.5"],
    // Tokens use light-dark(); older CSS targets would have it rewritten.
    cssTarget: ["chrome123", "firefox121", "safari17.5"],
    modulePreload: { polyfill: false },
    // The content security policy allows no data: scripts or styles.
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    rolldownOptions: {
      output: { codeSplitting: { groups: [{ name: firstLoad(join(import.meta.dirname, "index.html")) }] } },
    },
  },
})
