import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { onTestFinished } from "vitest"

const root = fileURLToPath(new URL("../..", import.meta.url))
const settings = [
  "tsconfig.base.json",
  "packages/core/tsconfig.json",
  ".oxlintrc.json",
  ".prettierrc.json",
  ".prettierignore",
]

/**
 * A folder with these files (path → text) and the workspace's own settings, gone when the test is over.
 * Returns its path.
 */
export function tree(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), "omnichat-check-"))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  for (const path of settings) cpSync(join(root, path), join(folder, path))
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"))
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  return folder
}

/** A package.json that needs these packages. */
export const manifest = (...needs: string[]): string =>
  JSON.stringify({ dependencies: Object.fromEntries(needs.map((name) => [name, "1.0.0"])) })
