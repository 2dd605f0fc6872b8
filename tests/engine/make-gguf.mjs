import { writeFileSync } from "node:fs"
import { scriptedModel } from "./scripted-model.mjs"

/** `node make-gguf.mjs scripted.gguf` */
const [, , path] = process.argv
if (path === undefined) {
  console.error("Say where to write the model: node make-gguf.mjs <path>")
  process.exit(1)
}
writeFileSync(path, scriptedModel())
