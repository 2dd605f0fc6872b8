import { readdir, stat } from "node:fs/promises"
import { extname, join, sep } from "node:path"

/** One file of the web build, as it lies on disk. */
export type WebFile = {
  path: string
  mediaType: string
  etag: string
  /** The same file compressed, by the name of the encoding; the best first. */
  encodings: { name: "br" | "gzip"; path: string }[]
}

/** The web build by the paths under which it is served. Nothing that is not listed here can be asked for. */
export type WebFiles = ReadonlyMap<string, WebFile>

const mediaTypes: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".webmanifest": "application/manifest+json",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".webp": "image/webp",
  ".woff2": "font/woff2",
  ".wasm": "application/wasm",
  ".txt": "text/plain; charset=utf-8",
}

const encodings = [
  { name: "br", suffix: ".br" },
  { name: "gzip", suffix: ".gz" },
] as const

/** What lies in the folder now; undefined when there is no web build in it. */
export async function findWebFiles(folder: string): Promise<WebFiles | undefined> {
  let names: Set<string>
  try {
    names = new Set(await readdir(folder, { recursive: true }))
  } catch (thrown) {
    if (isAbsent(thrown)) return undefined
    throw thrown
  }
  if (!names.has("index.html")) return undefined
  const files = new Map<string, WebFile>()
  for (const name of names) {
    const mediaType = mediaTypes[extname(name)]
    if (mediaType === undefined) continue
    const path = join(folder, name)
    files.set(`/${name.split(sep).join("/")}`, {
      path,
      mediaType,
      etag: await etagOf(path),
      encodings: encodings
        .filter(({ suffix }) => names.has(name + suffix))
        .map((encoding) => ({ name: encoding.name, path: path + encoding.suffix })),
    })
  }
  return files
}

async function etagOf(path: string): Promise<string> {
  const { size, mtimeMs } = await stat(path)
  return `${size.toString(36)}-${Math.floor(mtimeMs).toString(36)}`
}

const isAbsent = (thrown: unknown): boolean =>
  thrown instanceof Error && "code" in thrown && (thrown.code === "ENOENT" || thrown.code === "ENOTDIR")
