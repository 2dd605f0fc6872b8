import { build } from "rolldown"
import { expect, it } from "vitest"
import { serverBundle } from "../../scripts/build.mjs"
import { workspaceRoot } from "../../scripts/lib/files.mjs"

it("the server carries nothing of AWS until it is needed", async () => {
  const { output: into, ...input } = serverBundle(workspaceRoot)
  const { output } = await build({ ...input, output: { ...into, sourcemap: false }, write: false, logLevel: "silent" })
  const chunks = new Map(output.flatMap((each) => (each.type === "chunk" ? [[each.fileName, each]] : [])))
  /** What is read when the server starts. */
  const atOnce = new Set<string>()
  const follow = (fileName: string): void => {
    const chunk = chunks.get(fileName)
    if (chunk === undefined || atOnce.has(fileName)) return
    atOnce.add(fileName)
    chunk.imports.forEach(follow)
  }
  follow("server.js")
  const ofAws = (fileName: string) =>
    Object.keys(chunks.get(fileName)?.modules ?? {}).filter((path) =>
      /node_modules\/@(?:aws-sdk|smithy|aws-crypto)\//.test(path),
    )
  expect([...atOnce].flatMap(ofAws)).toEqual([])
  expect([...chunks.keys()].flatMap(ofAws).length).toBeGreaterThan(50)
})
