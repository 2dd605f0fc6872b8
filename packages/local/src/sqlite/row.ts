import { encodeItem } from "@omnichat/core/store/item"
import type { Condition, Item } from "@omnichat/core/store/table"
import type { Conditions, Row } from "./message.ts"

/** The columns an item is kept in: its JSON, and what SQLite looks for. */
export function toRow(item: Item): Row {
  return [item.pk, item.sk, encodeItem(item), numberOf(item.expiresAt), textOf(item.gsi1pk), textOf(item.gsi1sk)]
}

const numberOf = (value: unknown): number | null => (typeof value === "number" ? value : null)
const textOf = (value: unknown): string | null => (typeof value === "string" ? value : null)

export const toConditions = (list: Condition[]): Conditions => (list.length === 0 ? "" : JSON.stringify(list))

export const fromConditions = (text: Conditions): Condition[] => (text === "" ? [] : (JSON.parse(text) as Condition[]))
