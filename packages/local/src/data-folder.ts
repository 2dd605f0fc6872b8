import { chmod, mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { randomBytes } from "node:crypto"
import { StoreUnavailable } from "@omnichat/core/store/table"
import { describe } from "@omnichat/core/log"
import type { Log } from "@omnichat/core/log"

/** Where everything of a user lies: one database, a folder of files, and the key that signs upload addresses. */
export type DataFolder = { path: string; database: string; blobs: string; signingKey: Uint8Array }

const databaseName = "omnichat.db"
const keyName = "signing.key"

/**
 * Makes the folder if it is missing, readable for its owner alone, and the key on the first run.
 *
 * @throws StoreUnavailable when it cannot be made or read
 */
export async function openDataFolder(path: string, log: Log): Promise<DataFolder> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 })
    await keepPrivate(path, log)
    const signingKey = await readSigningKey(join(path, keyName))
    return { path, database: join(path, databaseName), blobs: join(path, "blobs"), signingKey }
  } catch (thrown) {
    throw new StoreUnavailable(
      `the data folder ${path} cannot be used: ${describe(thrown)}. Give this user the right to write there, or choose ` +
        "another folder with OMNICHAT_DATA.",
      { cause: thrown },
    )
  }
}

/** A folder that others can enter is closed to them if it is ours; somebody else's is left as it is. */
async function keepPrivate(path: string, log: Log): Promise<void> {
  if (process.platform === "win32" || ((await stat(path)).mode & 0o077) === 0) return
  const names = await readdir(path)
  if (names.length === 0 || names.includes(databaseName)) await chmod(path, 0o700)
  else log.warn("data-folder-open-to-others", { path })
}

async function readSigningKey(path: string): Promise<Uint8Array> {
  try {
    await writeFile(path, randomBytes(32), { mode: 0o600, flag: "wx" })
  } catch (thrown) {
    if (!(thrown instanceof Error && "code" in thrown && thrown.code === "EEXIST")) throw thrown
  }
  const key = await readFile(path)
  if (key.length < 32) throw new Error(`${path} is damaged; delete it, and a new one is made`)
  return key
}
