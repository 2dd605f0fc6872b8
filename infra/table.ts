import type { Permission } from "./function.ts"
import { stage } from "./stage.ts"

/**
 * Everything but files. AWS encrypts it with a key of its own, which is free; a key in this account has a price a month.
 * The stream costs nothing until somebody reads it, whatever it carries.
 */
const own = new sst.aws.Dynamo(
  "Table",
  {
    fields: { pk: "string", sk: "string", gsi1pk: "string", gsi1sk: "string" },
    primaryIndex: { hashKey: "pk", rangeKey: "sk" },
    // Lists are drawn from it without a second read, so that it carries whole items; few kinds of items have its keys.
    globalIndexes: { gsi1: { hashKey: "gsi1pk", rangeKey: "gsi1sk", projection: "all" } },
    ttl: "expiresAt",
    stream: "new-and-old-images",
    deletionProtection: stage.isProduction,
  },
  { protect: stage.isProduction },
)

/** The stage's own, unless one that was brought back from the past stands in: docs/aws/deploy.md. */
export const table = stage.restoredTable === undefined ? own : sst.aws.Dynamo.get("RestoredTable", stage.restoredTable)

/** The actions of the Table port; a transaction needs those of its parts. */
export const useTable: Permission = {
  actions: [
    "dynamodb:GetItem",
    "dynamodb:PutItem",
    "dynamodb:UpdateItem",
    "dynamodb:DeleteItem",
    "dynamodb:Query",
    "dynamodb:BatchGetItem",
    "dynamodb:BatchWriteItem",
    "dynamodb:ConditionCheckItem",
  ],
  resources: [table.arn, $interpolate`${table.arn}/index/gsi1`],
}
