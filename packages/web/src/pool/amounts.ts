import { duration } from "../chat/meta.ts"
import { size } from "../models/list.ts"

/** `18 of 24 GB`: the unit once, where it is the same. */
export function sizeOf(part: number, whole: number): string {
  const [left, right] = [size(part), size(whole)]
  const unit = right.slice(right.indexOf(" "))
  return `${left.endsWith(unit) ? left.slice(0, -unit.length) : left} of ${right}`
}

/** `$0.53 an hour`; what is less than a cent with two figures that say something. */
export function dollarsAnHour(dollars: number): string {
  const digits = dollars > 0 && dollars < 0.01 ? dollars.toPrecision(2) : dollars.toFixed(2)
  return `$${digits} an hour`
}

/** How long ago, or for how long: seconds only where they matter. */
export function age(ms: number): string {
  const minutes = Math.floor(ms / 60_000)
  if (minutes < 10) return duration(Math.max(0, ms))
  if (minutes < 120) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  return hours < 48 ? `${hours} h` : `${Math.floor(hours / 24)} days`
}

export const percent = (share: number): string => `${Math.round(share * 100)} %`

/** What can be drawn of a part of something: 0 to 1. */
export const share = (part: number, whole: number): number => (whole <= 0 ? 0 : Math.min(1, Math.max(0, part / whole)))
