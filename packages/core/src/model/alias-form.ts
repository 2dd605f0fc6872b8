import * as v from "valibot"
import { readJson } from "../json-form.ts"
import type { Alias } from "./aliases.ts"

const target = v.strictObject({
  model: v.pipe(v.string(), v.regex(/^(?!auto\/)[^/\s]+\/\S+$/, "expected a model's id such as ollama/qwen3:8b")),
  waitAtMostSeconds: v.exactOptional(v.pipe(v.number(), v.minValue(0), v.maxValue(3600))),
})

const alias = v.strictObject({
  id: v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, "expected small letters, digits, dots and dashes")),
  name: v.exactOptional(v.pipe(v.string(), v.nonEmpty(), v.maxLength(100))),
  targets: v.pipe(
    v.array(
      v.union([
        v.pipe(
          v.string(),
          v.transform((model) => ({ model })),
          target,
        ),
        target,
      ]),
    ),
    v.minLength(1, "an alias needs a target"),
    v.maxLength(8),
  ),
  capabilities: v.exactOptional(v.array(v.picklist(["images", "tools", "reasoning"]))),
  contextLength: v.exactOptional(v.pipe(v.number(), v.safeInteger(), v.minValue(1))),
})

export const aliasExample =
  '[{"id":"smart","name":"Smart","targets":[{"model":"ollama/qwen3:32b","waitAtMostSeconds":20},"bedrock/us.amazon.nova-pro-v1:0"]}]'

/** The aliases in a text of JSON, as a person writes them: a target may be the id alone. Undefined when it is none. */
export function parseAliases(text: string): Alias[] | undefined {
  const aliases = readJson(v.pipe(v.array(alias), v.maxLength(50)), text)
  if (aliases === undefined) return undefined
  const ids = aliases.map(({ id }) => id)
  if (new Set(ids).size < ids.length) return undefined
  return aliases.map(({ id, name, ...rest }) => ({ id, name: name ?? id, ...rest }))
}
