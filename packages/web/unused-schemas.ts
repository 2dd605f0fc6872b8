import type { Plugin } from "vite"

/**
 * Leaves out the protocol's schemas that nothing here reads with. The app has guards of its own, and beside the schemas
 * needs names and functions of the same files; the bundler cannot know that making a schema does nothing else.
 */
export function leaveOutUnusedSchemas(): Plugin {
  return {
    name: "unused-schemas",
    apply: "build",
    transform: {
      filter: { id: /[\\/]core[\\/]src[\\/]protocol[\\/]/ },
      handler: (code) => code.replace(/\b(v\.\w+|idSchema|strictRecord)\(/g, "/* @__PURE__ */ $1("),
    },
  }
}
