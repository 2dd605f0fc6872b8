import { endsInsidePair, utf8Length } from "../bytes.ts"
import type { Event } from "../protocol/event.ts"
import { limits } from "../protocol/limits.ts"

/** An event as it is stored and sent: encoded once, measured once. */
export type EncodedEvent = { json: string; bytes: number }

export function encodeEvent(event: Event): EncodedEvent {
  const json = JSON.stringify(event)
  return { json, bytes: utf8Length(json) }
}

/** Adds an event to a list, joined to the one before it where both are deltas of one block. */
export function pushMerged(events: Event[], event: Event): void {
  const before = events.at(-1)
  if (
    before !== undefined &&
    (event.type === "text-delta" || event.type === "reasoning-delta") &&
    before.type === event.type &&
    before.id === event.id
  ) {
    events[events.length - 1] = { type: event.type, id: event.id, delta: before.delta + event.delta }
    return
  }
  events.push(event)
}

/**
 * Encodes events, a delta that is too large for one event as several. An event that is no text and too large is a
 * mistake of whoever made it: RangeError.
 */
export function encodeEvents(events: Event[]): EncodedEvent[] {
  const encoded: EncodedEvent[] = []
  for (const event of events) {
    const whole = encodeEvent(event)
    if (whole.bytes <= limits.event) encoded.push(whole)
    else if (event.type === "text-delta" || event.type === "reasoning-delta") {
      for (const delta of splitText(event.delta, limits.event - 200)) encoded.push(encodeEvent({ ...event, delta }))
    } else throw new RangeError(`an event of type ${event.type} has ${whole.bytes} bytes, ${limits.event} are allowed`)
  }
  return encoded
}

/** Cuts a text into pieces of at most `most` bytes as a JSON string, never inside a surrogate pair. */
export function splitText(text: string, most: number): string[] {
  const pieces: string[] = []
  let rest = text
  while (rest !== "") {
    let length = Math.min(rest.length, most)
    while (length > 1 && jsonBytes(rest.slice(0, length)) > most) length = Math.ceil(length / 2)
    if (length < rest.length && endsInsidePair(rest.slice(0, length))) length += length > 1 ? -1 : 1
    pieces.push(rest.slice(0, length))
    rest = rest.slice(length)
  }
  return pieces
}

const jsonBytes = (text: string): number => utf8Length(JSON.stringify(text))
