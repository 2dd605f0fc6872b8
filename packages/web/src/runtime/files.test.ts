import type { Client } from "@omnichat/client/client"
import { newId } from "@omnichat/core/protocol/id"
import type { FileId } from "@omnichat/core/protocol/id"
import { describe, expect, it } from "vitest"
import { createFiles } from "./files.ts"

const scene = (fetched: boolean) => {
  const asked: FileId[] = []
  let broken = false
  const http = {
    fileUrl: (id: FileId) => `http://here/api/files/${id}`,
    async file(id: FileId) {
      asked.push(id)
      if (broken) throw new Error("offline")
      return new Blob([id])
    },
  }
  return {
    files: createFiles({ http } as unknown as Client, { fetched }),
    asked,
    break: (now: boolean) => void (broken = now),
  }
}
const ids = Array.from({ length: 26 }, (_none, at) => newId("fil", at))
const [first = newId("fil", 0), second = newId("fil", 1)] = ids

describe("files", () => {
  it("have an address where no token is needed, and none where one is", () => {
    expect(scene(false).files.address(first)).toBe(`http://here/api/files/${first}`)
    expect(scene(true).files.address(first)).toBeUndefined()
  })

  it("are fetched once while they are kept, and the ones seen last are kept", async () => {
    const { files, asked } = scene(true)
    for (const id of ids.slice(0, 24)) await files.bytes(id)
    expect(await (await files.bytes(first)).text()).toBe(first)
    expect(asked).toHaveLength(24)
    for (const id of ids.slice(24)) await files.bytes(id)
    await files.bytes(first)
    expect(asked).toHaveLength(26)
    await files.bytes(second)
    expect(asked).toHaveLength(27)
  })

  it("that could not be fetched are asked for again", async () => {
    const { files, asked, break: breaks } = scene(true)
    breaks(true)
    await expect(files.bytes(first)).rejects.toThrow("offline")
    breaks(false)
    expect(await (await files.bytes(first)).text()).toBe(first)
    expect(asked).toHaveLength(2)
  })
})
