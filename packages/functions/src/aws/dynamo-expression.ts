import type { AttributeValue } from "@aws-sdk/client-dynamodb"
import type { Json } from "@omnichat/core/protocol/part"
import { pathsOf, segments } from "@omnichat/core/store/evaluate"
import { wellFormed } from "@omnichat/core/store/item"
import type { Change, Condition, Query, Scalar, Test } from "@omnichat/core/store/table"
import { toAttribute } from "./dynamo-value.ts"

/** The parts of a request that are written in DynamoDB's language; nothing of it leaves these files. */
export type Expressions = {
  ConditionExpression?: string
  UpdateExpression?: string
  KeyConditionExpression?: string
  ExpressionAttributeNames?: Record<string, string>
  ExpressionAttributeValues?: Record<string, AttributeValue>
}

/** IN takes at most 100 values. */
const maxInValues = 100

export function conditionExpressions(conditions: readonly Condition[]): Expressions {
  const terms = openTerms()
  return terms.finish({ ConditionExpression: allOf(conditions.map((condition) => terms.condition(condition))) })
}

export function updateExpressions(change: Change, conditions: readonly Condition[]): Expressions {
  const terms = openTerms()
  const all = [...conditions.map((condition) => terms.condition(condition)), ...mapsOf(change).map(terms.isMap)]
  return terms.finish({ UpdateExpression: terms.update(change), ConditionExpression: allOf(all) })
}

/**
 * The maps a change writes into. Their being there is made a condition: what happens without is told in one way for all
 * changes then, and engines that stand in for DynamoDB do not agree on it.
 */
export function mapsOf(change: Change): string[] {
  const parents = pathsOf(change).map((path) => segments(path).slice(0, -1).join("."))
  return [...new Set(parents)].filter((path) => path !== "")
}

/** A range that cannot hold anything gives undefined: DynamoDB would refuse it. */
export function keyExpressions(query: Query): Expressions {
  const terms = openTerms()
  const [partition, sort] = query.index === undefined ? ["pk", "sk"] : ["gsi1pk", "gsi1sk"]
  const isPartition = `${terms.path(partition)} = ${terms.value(query.index ?? query.pk)}`
  const { prefix = "", between } = query
  if (between !== undefined) {
    const [from, to] = between
    const bounds =
      from === ""
        ? `${terms.path(sort)} <= ${terms.value(to)}`
        : `${terms.path(sort)} BETWEEN ${terms.value(from)} AND ${terms.value(to)}`
    return terms.finish({ KeyConditionExpression: `${isPartition} AND ${bounds}` })
  }
  const begins = prefix === "" ? "" : ` AND begins_with(${terms.path(sort)}, ${terms.value(prefix)})`
  return terms.finish({ KeyConditionExpression: isPartition + begins })
}

/** Collects names and values behind placeholders, so that no reserved word or odd character matters. */
function openTerms() {
  const names = new Map<string, string>()
  const values: Record<string, AttributeValue> = {}

  const path = (text: string): string => segments(text).map(name).join(".")
  const name = (text: string): string => {
    const known = names.get(text) ?? `#n${names.size}`
    names.set(text, known)
    return known
  }
  const value = (json: Json): string => {
    const placeholder = `:v${Object.keys(values).length}`
    values[placeholder] = toAttribute(wellFormed(json))
    return placeholder
  }

  const never = () => `(attribute_exists(${name("pk")}) AND attribute_not_exists(${name("pk")}))`
  // DynamoDB refuses parentheses around parentheses.
  const anyOf = (tests: string[]): string => (tests.length > 1 ? `(${tests.join(" OR ")})` : (tests[0] ?? never()))
  const oneOf = (at: string, allowed: Scalar[]): string => {
    const lists: string[] = []
    for (let from = 0; from < allowed.length; from += maxInValues) {
      lists.push(
        `${path(at)} IN (${allowed
          .slice(from, from + maxInValues)
          .map(value)
          .join(", ")})`,
      )
    }
    return anyOf(lists)
  }
  const test = (tested: Test): string => {
    if ("absent" in tested) return `attribute_not_exists(${path(tested.absent)})`
    if ("exists" in tested) return `attribute_exists(${path(tested.exists)})`
    if ("equals" in tested) return `${path(tested.equals[0])} = ${value(tested.equals[1])}`
    if ("below" in tested) return `${path(tested.below[0])} < ${value(tested.below[1])}`
    return oneOf(tested.oneOf[0], tested.oneOf[1])
  }
  const condition = (each: Condition): string => {
    if (!("any" in each)) return test(each)
    return anyOf(each.any.map(test))
  }

  const update = (change: Change): string | undefined => {
    const set = Object.entries(change.set ?? {}).map(([at, json]) => `${path(at)} = ${value(json)}`)
    const setIfAbsent = Object.entries(change.setIfAbsent ?? {}).map(
      ([at, json]) => `${path(at)} = if_not_exists(${path(at)}, ${value(json)})`,
    )
    // Not ADD, which is for attributes only and not for entries of maps.
    const add = Object.entries(change.add ?? {}).map(
      ([at, number]) => `${path(at)} = if_not_exists(${path(at)}, ${value(0)}) + ${value(number)}`,
    )
    const sets = [...set, ...setIfAbsent, ...add]
    const removes = (change.remove ?? []).map(path)
    const parts = [
      sets.length > 0 ? `SET ${sets.join(", ")}` : "",
      removes.length > 0 ? `REMOVE ${removes.join(", ")}` : "",
    ].filter((part) => part !== "")
    return parts.length === 0 ? undefined : parts.join(" ")
  }

  const finish = (expressions: Record<string, string | undefined>): Expressions => ({
    ...Object.fromEntries(Object.entries(expressions).filter(([, text]) => text !== undefined)),
    ...(names.size > 0 && {
      ExpressionAttributeNames: Object.fromEntries([...names].map(([text, key]) => [key, text])),
    }),
    ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: values }),
  })

  const isMap = (at: string): string => `attribute_type(${path(at)}, ${value("M")})`
  return { path, value, condition, update, isMap, finish }
}

const allOf = (terms: string[]): string | undefined => (terms.length === 0 ? undefined : terms.join(" AND "))
