import type { Read } from "./read.ts"

/** An id of Bedrock, or the beginning of one with a star: with or without the part of the world, with the maker. */
const idForm = /^(?:[a-z0-9-]+\.){1,2}(?:[\w.:-]+\*?|\*)$/
/** As many as the worker's policy, of 10,240 characters, has room for. */
const mostIds = 20
const worldParts = /^(?:us-gov|us|eu|apac|ap|jp|au|ca|sa|in|me|af|global)\./

/**
 * Which models of Bedrock are offered: ids, or beginnings of ids with a star. Undefined is all that the region has, an
 * empty list is none.
 * @throws with what would be right
 */
export function readBedrockModels(read: Read): string[] | undefined {
  const list = read("OMNICHAT_BEDROCK_MODELS")
  if (list === undefined) return undefined
  if (list === "none") return []
  const ids = [...new Set(list.split(",").map((id) => id.trim()))].filter((id) => id !== "")
  const wrong = ids.find((id) => !idForm.test(id))
  if (wrong !== undefined || ids.length === 0)
    throw new Error(
      `OMNICHAT_BEDROCK_MODELS has "${wrong ?? list}": each is a model's id, or the beginning of one with a star, like ` +
        "amazon.nova-lite-v1:0,anthropic.*. Without the variable all of Bedrock's models are offered, with none none",
    )
  if (ids.length > mostIds)
    throw new Error(
      `OMNICHAT_BEDROCK_MODELS has ${ids.length} ids, and at most ${mostIds} have room. Put some together, like anthropic.*`,
    )
  return ids
}

/** An id without its part of the world. */
export const baseOf = (id: string): string => id.replace(worldParts, "")

/** @throws where `model`, as the catalogue calls it, is one of Bedrock's that `offered` leaves out */
export function checkThatItIsOffered(name: string, model: string, offered: readonly string[] | undefined): void {
  const [, id] = /^bedrock\/(.+)$/.exec(model) ?? []
  if (id === undefined || offered === undefined) return
  const forms = [id, baseOf(id)]
  const isOffered = offered.some((each) =>
    each.endsWith("*") ? forms.some((form) => form.startsWith(each.slice(0, -1))) : forms.includes(each),
  )
  if (isOffered) return
  const those = offered.length === 0 ? "none" : offered.join(",")
  throw new Error(
    `${name} is "${model}", and OMNICHAT_BEDROCK_MODELS is ${those}: add ${id} to it, or name a model that is offered`,
  )
}
