import {
  type CancellationReason,
  ConditionalCheckFailedException,
  TransactionCanceledException,
} from "@aws-sdk/client-dynamodb"
import { holds } from "@omnichat/core/store/evaluate"
import {
  type Change,
  type Condition,
  ConditionFailed,
  Conflict,
  type Item,
  StoreUnavailable,
  Throttled,
} from "@omnichat/core/store/table"
import { mapsOf } from "./dynamo-expression.ts"
import { type Attributes, fromAttributes } from "./dynamo-value.ts"

/** What an operation asked for, as far as its refusal has to be told from other refusals. */
export type Asked = { if?: readonly Condition[]; change?: Change }

/** DynamoDB's refusal of one write or of a transaction, or whatever else went wrong on the way, as an error of the port. */
export function toError(thrown: unknown, asked: readonly Asked[]): Error {
  if (thrown instanceof ConditionalCheckFailedException) {
    return conditionError(
      [{ code: "ConditionalCheckFailed", message: thrown.message, item: toItem(thrown.Item) }],
      asked,
    )
  }
  if (thrown instanceof TransactionCanceledException) {
    return cancellationError((thrown.CancellationReasons ?? []).map(toReason), asked, thrown)
  }
  const { name, message } = thrown instanceof Error ? thrown : { name: "Error", message: String(thrown) }
  if (/^(TransactionConflict|TransactionInProgress)/.test(name)) return new Conflict(message, { cause: thrown })
  if (isThrottling(name)) return new Throttled(`DynamoDB: ${message}`, { cause: thrown })
  if (name === "ValidationException") return validationError(message, thrown)
  return new StoreUnavailable(`DynamoDB cannot be used: ${name}: ${message}`, { cause: thrown })
}

type Reason = { code: string; message: string; item: Item | undefined }

function cancellationError(reasons: Reason[], asked: readonly Asked[], cause: unknown): Error {
  if (reasons.some(({ code }) => code === "ConditionalCheckFailed")) return conditionError(reasons, asked)
  const invalid = reasons.find(({ code }) => code === "ValidationError")
  if (invalid !== undefined) return validationError(invalid.message, cause)
  const codes = [...new Set(reasons.map(({ code }) => code))].filter((code) => code !== "None")
  const message = `DynamoDB cancelled a transaction: ${codes.join(", ")}`
  if (codes.some(isThrottling)) return new Throttled(message, { cause })
  if (codes.includes("TransactionConflict")) return new Conflict(message, { cause })
  return new StoreUnavailable(message, { cause })
}

/** When all conditions that were asked for hold, the one that failed is that the maps of a change are there. */
function conditionError(reasons: Reason[], asked: readonly Asked[]): Error {
  const failed = reasons.map(({ code, item }, at) => {
    const { if: conditions = [], change = {} } = asked[at] ?? {}
    const isOurs = mapsOf(change).length > 0 && holds(item, conditions)
    return code === "ConditionalCheckFailed" && !isOurs
  })
  if (!failed.includes(true)) return new TypeError("there is no map for an entry to write")
  return new ConditionFailed(
    reasons.map(({ item }, at) => ({ failed: failed[at] === true, ...(failed[at] === true && item && { item }) })),
  )
}

/** What the checks before the request cannot know: the item is not as the change needs it, or gets too large. */
function validationError(message: string, cause: unknown): Error {
  return /size/i.test(message) ? new RangeError(message, { cause }) : new TypeError(message, { cause })
}

const isThrottling = (code: string): boolean => /Throttl|ThroughputExceeded|RequestLimitExceeded/.test(code)

function toReason({ Code = "None", Message = "", Item }: CancellationReason): Reason {
  return { code: Code, message: Message, item: toItem(Item) }
}

/** Some engines give an empty item where there was none. */
function toItem(attributes: Attributes | undefined): Item | undefined {
  return attributes === undefined || Object.keys(attributes).length === 0 ? undefined : fromAttributes(attributes)
}
