import { expect, test } from "vitest"
import type { ProviderModel } from "../../model/provider.ts"
import type { ServedProvider } from "../../model/source.ts"
import { OmniError } from "../../protocol/error.ts"
import { modelsOfAll } from "./several.ts"

const away = new OmniError("model_unavailable", "Nobody answers.")

function server(name: string, models: string[] | undefined): ServedProvider {
  const list = (): Promise<ProviderModel[]> =>
    models === undefined
      ? Promise.reject(away)
      : Promise.resolve(models.map((id) => ({ id, name: `${id} of ${name}`, capabilities: [] })))
  const stream = () => {
    throw new Error("nobody asks it anything")
  }
  return { id: "ollama", servers: [{ address: `http://${name}`, list }], list, stream }
}

const { signal } = new AbortController()

test("a model that several servers have is listed once, as the first tells it", async () => {
  const all = modelsOfAll([server("a", ["x:latest"]), server("b", ["x:latest", "y:latest"])])
  expect((await all.list(signal)).map(({ name }) => name)).toEqual(["x:latest of a", "y:latest of b"])
  expect(all.servers.map(({ address }) => address)).toEqual(["http://a", "http://b"])
})

test("a server that does not answer hides nobody else's models, and none that does is an error", async () => {
  const all = modelsOfAll([server("a", undefined), server("b", ["y:latest"])])
  expect((await all.list(signal)).map(({ id }) => id)).toEqual(["y:latest"])
  await expect(modelsOfAll([server("a", undefined), server("b", undefined)]).list(signal)).rejects.toBe(away)
})
