import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { workspaceRoot } from "../lib/files.mjs"
import { capture } from "../lib/run.mjs"
import { told } from "../setup/prepare.mjs"

/** Where SST keeps the sources of its components, their types, and Pulumi. Git does not know it. */
export const platformOf = (/** @type {string} */ root) => join(root, ".sst/platform")

/**
 * Without these SST downloads pulumi and bun from places that are not npm's registry. It needs them to deploy; to check
 * types and to see what would be deployed it does not.
 */
const fromNpmAlone = { SST_SKIP_DEPENDENCY_CHECK: "1", SST_NO_BUN: "1", SST_TELEMETRY_DISABLED: "1" }

/** The same, and no machine of AWS is asked for credentials. */
export const withoutAws = { ...fromNpmAlone, AWS_EC2_METADATA_DISABLED: "true" }

/** Whether SST's platform is here, and of the version that package.json names. @param {string} root */
export function hasPlatform(root) {
  const version = join(platformOf(root), "version")
  if (!existsSync(join(platformOf(root), "node_modules/@pulumi/aws")) || !existsSync(version)) return false
  return readFileSync(version, "utf8").trim() === sstVersion(root)
}

/**
 * Installs SST's platform, which takes less than a minute and about 320 MB. Two that do it at once do not disturb each
 * other, for each works in a folder of its own.
 * @param {string} root
 * @throws with what SST said
 */
export async function installPlatform(root) {
  if (hasPlatform(root)) return
  await told("Installing the components of SST, for what is deployed to AWS", () => installInto(root))
}

/** @param {string} root */
async function installInto(root) {
  mkdirSync(join(root, ".cache"), { recursive: true })
  const work = mkdtempSync(join(root, ".cache/sst-"))
  try {
    writeFileSync(join(work, "package.json"), '{ "private": true, "type": "module" }\n')
    writeFileSync(
      join(work, "sst.config.ts"),
      'export default $config({ app: () => ({ name: "omnichat", home: "aws" }), async run() {} })\n',
    )
    const command = join(workspaceRoot, "node_modules/sst/bin/sst.mjs")
    const { code, output } = await capture(process.execPath, [command, "install", "--stage", "dev"], {
      cwd: work,
      env: { ...process.env, ...withoutAws },
    })
    if (code !== 0) throw new Error(`SST could not install its platform.\n${output.trim()}`)
    putInPlace(work, root)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

/** @param {string} work @param {string} root */
function putInPlace(work, root) {
  mkdirSync(join(root, ".sst"), { recursive: true })
  if (hasPlatform(root)) return
  rmSync(platformOf(root), { recursive: true, force: true })
  renameSync(platformOf(work), platformOf(root))
}

/** @param {string} root @returns {string} */
function sstVersion(root) {
  return JSON.parse(readFileSync(join(root, "package.json"), "utf8")).devDependencies.sst
}
